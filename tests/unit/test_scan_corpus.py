import hashlib
from collections import Counter

from benchmarks import corpus, fictional, vocabulary
from wct_adapters.matching.portable import PortableMatcherCompiler
from wct_domain.analysis.detectors import DETECTORS

# Changes only with the corpus itself: never with the version of Python, the machine
# or the order of a hash table. Figures of different digests cannot be compared.
DIGEST = "cf5444b49df9f02d2ff1c61cf7a7974acb017e51af5f0de4616746cf3bdf6f68"


def test_the_corpus_is_the_same_everywhere() -> None:
    digest = hashlib.sha256()
    for name, content in corpus.files(0.5):
        digest.update(name.encode() + b"\0" + content)
    assert digest.hexdigest() == DIGEST


def test_another_seed_makes_another_corpus() -> None:
    assert dict(corpus.files(0.1)) != dict(corpus.files(0.1, seed=1))


def test_each_kind_has_its_share_of_the_bytes() -> None:
    sizes = Counter[str]()
    for name, content in corpus.files(4):
        sizes[name.partition("/")[0]] += len(content)
    for kind, share in corpus.SHARES.items():
        wanted = 4 * corpus.MEGABYTE * share / 100
        assert wanted <= sizes[kind] < wanted + 200_000  # no file is larger


def test_the_corpus_holds_at_least_a_thousand_true_matches_per_megabyte() -> None:
    contents = [content for _, content in corpus.files(2)]
    matcher = PortableMatcherCompiler().compile(
        [*vocabulary.PERSONAL, "customer id"], list(DETECTORS)
    )
    hits = sum(len(matcher.scan(content)) for content in contents)
    assert hits / (sum(map(len, contents)) / corpus.MEGABYTE) >= 1000


def test_every_made_value_passes_its_validation() -> None:
    dice = fictional.Dice(7)
    for _ in range(200):
        for name, value in {
            "email": fictional.email(dice, "Zoë", "Weiß"),
            "iban": fictional.iban(dice),
            "payment_card": fictional.card(dice),
            "phone": fictional.phone(dice),
        }.items():
            data = f"{value}\n".encode()
            hits = PortableMatcherCompiler().compile([], [name]).scan(data)
            assert [data[hit.start : hit.end].decode() for hit in hits] == [value]
