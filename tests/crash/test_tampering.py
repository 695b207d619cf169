"""A ledger is changed in every way, and the verifier with one eye closed."""

import random

import pytest

from tests.crash.mutations import MUTATIONS
from tests.crash.tampering import PLANTED, tamper


def test_every_mutation_is_found() -> None:
    seed = random.SystemRandom().getrandbits(32)
    report = tamper(2 * len(MUTATIONS), random.Random(seed))
    print(seed, report)  # for who has to repeat it
    assert report["sound"]
    assert report["found"] == report["mutations"] >= 2 * len(MUTATIONS)
    assert report["kinds"].keys() == MUTATIONS.keys()


@pytest.mark.parametrize("planted", PLANTED)
def test_a_verifier_that_does_not_look_is_noticed(planted: str) -> None:
    with PLANTED[planted]:
        report = tamper(2 * len(MUTATIONS), random.Random(7))
    assert report["found"] < report["mutations"]
