"""Country codes of telephone numbers, and how long the numbers behind them are.

Source: ITU-T E.164 (at most 15 digits, annex: list of assigned country codes) and the
national numbering plans that countries notify to the ITU. A number without its
country code and trunk prefix has the given count of digits and begins with one of
the given digits; short codes and numbers for machines are left out.
"""

from functools import cache
from typing import NamedTuple

# country code, fewest-most digits of the national number, its first digits
_PLANS = """
1 10 2-9 | 7 10 3-9
20 8-10 1-9 | 27 9 1-8 | 30 10 26 | 31 9 1-9 | 32 8-9 1-9 | 33 9 1-9 | 34 9 6-9
36 8-9 1-9 | 39 6-11 0358 | 40 9 23789 | 41 9 2-9 | 43 5-13 1-9 | 44 9-10 1-9
45 8 2-9 | 46 7-10 1-9 | 47 8 2-9 | 48 9 1-9 | 49 6-12 1-9
51 8-9 1-9 | 52 10 1-9 | 53 8 2-8 | 54 10-11 1-9 | 55 10-11 1-9 | 56 9 2-9
57 10 136 | 58 10 2-9
60 8-10 13-9 | 61 9 1-9 | 62 8-12 2-9 | 63 8-10 2-9 | 64 8-10 2-9 | 65 8 3689
66 8-9 1-9
81 9-10 1-9 | 82 8-11 1-9 | 84 9-10 1-9 | 86 9-11 1-9
90 10 2-58 | 91 10 1-9 | 92 9-10 2-9 | 93 9 2-7 | 94 9 1-9 | 95 7-10 1-9
98 10 1-9
211 9 19 | 212 9 5-8 | 213 8-9 1-9 | 216 8 2-9 | 218 8-9 2-9
220 7 2-9 | 221 9 37 | 222 8 2-4 | 223 8 2-9 | 224 8-9 367 | 225 10 0-2
226 8 024-7 | 227 8 0289 | 228 8 279 | 229 8-10 02-9 | 230 7-8 2-9
231 7-9 2-8 | 232 8 2-9 | 233 9 2-5 | 234 8-10 1-9 | 235 8 2-9 | 236 8 27
237 9 26 | 238 7 2-9 | 239 7 29 | 240 9 2357 | 241 7-8 0-7 | 242 9 02
243 7-9 1-9 | 244 9 29 | 245 9 49 | 246 7 3 | 247 5 4-6 | 248 7 2-6 | 249 9 19
250 9 27 | 251 9 1-9 | 252 7-9 1-9 | 253 8 27 | 254 9 1-9 | 255 9 2-8
256 9 2-9 | 257 8 2-7 | 258 8-9 28 | 260 9 2579 | 261 9 23 | 262 9 2679
263 9-10 1-9 | 264 8-9 68 | 265 7-9 1-9 | 266 8 2-8 | 267 7-8 2-9 | 268 8 2-9
269 7 37 | 290 4-5 2-8 | 291 7 178 | 297 7 5-9 | 298 6 2-9 | 299 6 2-9
350 8 25-9 | 351 9 236-9 | 352 6-9 2-9 | 353 7-9 1-9 | 354 7 4-8 | 355 8-9 2-9
356 8 2-9 | 357 8 279 | 358 6-10 1-9 | 359 7-9 2-9
370 8 3-9 | 371 8 2-9 | 372 7-8 3-9 | 373 8 2-9 | 374 8 1-9 | 375 9 1-4
376 6 3-8 | 377 8-9 3-9 | 378 6-10 05-9 | 380 9 3-9 | 381 8-10 1-9 | 382 8 2-9
383 8-9 2-4 | 385 8-9 1-9 | 386 8 1-8 | 387 8-9 3-9 | 389 8 2-9
420 9 2-9 | 421 9 2-9 | 423 7-9 2-9
500 5 2-7 | 501 7 2-8 | 502 8 2-8 | 503 8 2-8 | 504 8 2-9 | 505 8 2-8
506 8 2-8 | 507 7-8 2-9 | 508 6-9 4-8 | 509 8 2-9
590 9 5-79 | 591 8 2-8 | 592 7 2-9 | 593 8-9 2-9 | 594 9 5-79 | 595 9 2-9
596 9 5-79 | 597 6-7 2-9 | 598 8 2-9 | 599 7-8 3-9
670 7-8 2-9 | 672 6 1-3 | 673 7 2-8 | 674 7 2-9 | 675 7-8 2-9 | 676 5-7 2-9
677 5-7 1-9 | 678 5-7 2-9 | 679 7 2-9 | 680 7 2-9 | 681 6 4-9 | 682 5 2-8
683 4-7 4-9 | 685 5-7 2-9 | 686 5-8 2-8 | 687 6 2-9 | 688 5-7 2-9 | 689 8 48
690 4-7 2-9 | 691 7 39 | 692 7 2-6
850 8-10 1-9 | 852 8 2-9 | 853 8 268 | 855 8-9 1-9 | 856 8-10 2-9
870 9-12 2-9 | 878 12 1 | 880 8-10 1-9 | 881 9-10 0-9 | 882 8-12 1-9
883 9-12 1-9 | 886 8-10 2-9
960 7 3-9 | 961 7-8 1-9 | 962 8-9 2-9 | 963 8-9 1-9 | 964 8-10 1-9 | 965 8 1-9
966 9 1-9 | 967 7-9 1-9 | 968 8 279 | 970 8-9 1-9 | 971 8-9 2-9 | 972 8-9 1-9
973 8 13678 | 974 8 2-8 | 975 7-8 1-9 | 976 8-10 1-9 | 977 8-10 1-9
992 9 0-9 | 993 8 1-9 | 994 9 1-9 | 995 9 3-9 | 996 9 2-9 | 998 9 2-9
800 8 1-9 | 808 8 1-9 | 888 11 0-9 | 979 9 1-9
"""


class Plan(NamedTuple):
    """National numbers of one country code."""

    shortest: int  # digits
    longest: int
    first: frozenset[int]  # ASCII codes of the digits that a number may begin with


@cache  # countries share them
def _span(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


@cache
def _digits(text: str) -> frozenset[int]:
    """Read ``13-9`` as 1 and 3 to 9."""
    found: list[int] = []
    for index, sign in enumerate(text):
        if sign == "-":
            found.extend(range(int(text[index - 1]), int(text[index + 1])))
        else:
            found.append(int(sign))
    return frozenset(ord(str(digit)) for digit in found)


def _plans() -> dict[bytes, Plan]:
    plans: dict[bytes, Plan] = {}
    for entry in _PLANS.replace("\n", "|").split("|"):
        if entry.strip():
            code, lengths, first = entry.split()
            plan = Plan(_span(lengths)[0], _span(lengths)[-1], _digits(first))
            plans[code.encode()] = plan
    return plans


PLANS = _plans()


def country_code(digits: bytes) -> bytes | None:
    """Return the country code with which ``digits`` begin; codes are prefix-free."""
    for size in (2, 3, 1):
        if digits[:size] in PLANS:
            return digits[:size]
    return None
