"""The sounds of a reading, and how alike two words sound.

A reading becomes a short string of codes, one for each sound that its letters may stand for. Two strings are
compared by a weighted edit distance (Wagner and Fischer 1974, with the transposition of Damerau 1964) whose
costs say how readily one sound is written for the other in names.
"""

import re
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from allpoints.modalities.names.hearing import CODE, CODES, LONGEST, sounds
from allpoints.modalities.names.romanise import readings

Spoken = tuple[tuple[bytes, bool], ...]
"""All readings of a word as sounds, each with whether its vowels are unwritten. Empty where there is no letter."""

_COST_OF_DROPPING = {
    1.00: "p b f v m t th d l s z sh zh sz ch c c2 dj ts dz k g g2 q kh gh xi bp bv pf td kg kkh ssh chj",
    0.80: "n ng r lr",
    0.50: "w h waw j",
    0.35: "r2",
    0.30: "a e i o u eo ya x",
    0.18: "y",
    0.10: "alif a2 e2 i2 o2 u2 h2",
    0.05: "weak double ayn",
}
"""What it costs when one word has the sound and the other does not."""

_COST_OF_A_VOWEL_UNWRITTEN = 0.04
"""What a vowel costs instead where the other word is written without vowels."""

_COST_OF_EXCHANGE = {
    0.03: "waw-u waw-w ya-i ya-y alif-a ayn-a ayn-i ayn-alif weak-u weak-o weak-e a-a2 e-e2 i-i2 o-o2 u-u2 "
    "h-h2 bv-b bv-v pf-p pf-f kkh-k kkh-kh ssh-s ssh-sh bp-b bp-p td-t td-d kg-k kg-g chj-ch chj-j "
    "chj-zh lr-l lr-r lr-r2 r-r2 c2-k c2-kg",
    0.06: "weak-i y-i y-i2 waw-o waw-o2 waw-u2 ya-i2 ya-e2 eo-o eo-u eo-e eo-y ayn-e ayn-u ayn-o weak-o2 weak-e2 "
    "s-sz s-c j-dj g-g2 k-q gh-g td-th kg-g2 kg-q pf-b pf-bv bv-w chj-dj kkh-q kkh-ch kkh-h kkh-c2 "
    "ssh-sz ssh-c",
    0.10: "weak-a t-th o-u u-w u2-w v-w j-zh g2-j g2-dj xi-sh sh-sz k-x ya-e o2-u u2-o o2-u2 o2-w v-waw eo-a "
    "chj-ts chj-dz chj-c ssh-xi kg-gh bp-f j-y j-ya kh-ch dz-z f-v c2-q kg-x kkh-x",
    0.15: "e-i e2-i e-i2 e2-i2 b-v n-ng th-d ts-z ts-c ts-c2 ch-c ch-c2 xi-s xi-kh kh-h q-g q-ch g2-zh gh-g2 "
    "dz-j alif-e bp-v s-z",
    0.20: "s-sh a-o a2-o a-o2 a-e a2-e a-e2 z-zh s-ts dz-ts th-s dj-zh k-kh c2-kh j-g y-e y-e2 xi-z xi-j "
    "xi-h q-gh alif-o kh-h2 chj-s chj-z chj-g2 chj-sh ssh-z ssh-th",
    0.25: "sh-ch p-f k-g k-c c2-g ts-ch dj-ch dj-dz th-z g-h g2-h q-kh zh-ch dj-g",
    0.30: "b-p t-d sh-zh gh-kh t-ts d-dz t-ch ch-h j-ch j-z g2-k g2-kh xi-ch xi-k xi-x dj-y dj-ya j-h c2-s "
    "c2-dj c2-j c-dj c-j alif-i alif-u waw-a ya-a alif-ya alif-waw w-o kg-kh kg-h kg-j",
    0.35: "f-h e-o e-u i-u a-i k-ch j-kh j-sh j-k d-dj d-z kh-g dj-z y-a y-o y-u i-u2 i2-u e-u2 e2-u e-o2 "
    "e2-o",
    0.40: "a-u i-o gh-h gh-k ch-gh p-v b-f b-w f-w s-ch z-sh g2-y g2-ya l-r l-r2 r-j ch-x w-a w-e waw-e "
    "waw-b",
    0.50: "m-n m-ng n-l",
    0.70: "n-lr",
}
"""What it costs when one word has the first sound where the other has the second. Equal sounds cost nothing."""

_COST_BETWEEN_VOWELS = 0.35
_COST_OF_ANY_OTHER_EXCHANGE = 1.35
_VOWELS = CODES[:12]

SOUND_CODES = 64
"""Codes are below it."""
_ROUNDING = np.float32(1e-4)


def _dropping() -> NDArray[np.float32]:
    """Costs by whether the other word is written without vowels (0, 1) and by code."""
    costs = np.zeros((2, SOUND_CODES), np.float32)
    for cost, names in _COST_OF_DROPPING.items():
        costs[:, [CODE[name] for name in names.split()]] = cost
    costs[1, [CODE[name] for name in _VOWELS]] = _COST_OF_A_VOWEL_UNWRITTEN
    return costs


def _exchange() -> NDArray[np.float32]:
    costs = np.full((SOUND_CODES, SOUND_CODES), _COST_OF_ANY_OTHER_EXCHANGE, np.float32)
    for one, other in combinations(_VOWELS, 2):
        costs[CODE[one], CODE[other]] = costs[CODE[other], CODE[one]] = _COST_BETWEEN_VOWELS
    for cost, pairs in _COST_OF_EXCHANGE.items():
        for pair in pairs.split():
            one, other = pair.split("-")
            costs[CODE[one], CODE[other]] = costs[CODE[other], CODE[one]] = cost
    np.fill_diagonal(costs, 0)
    return costs


_EXCHANGE = _exchange()
_COSTS = np.concatenate([_dropping(), _EXCHANGE])
"""Of dropping and of exchange, handed to the kernels: a global would be frozen into their cache, which does not
notice when the codes of `hearing` change."""


@lru_cache(maxsize=262_144)
def spoken(word: str) -> Spoken:
    """Return the sounds of all readings of a folded word."""
    return tuple(dict.fromkeys((sounds(reading), reading.vowelless) for reading in readings(word)))


_COST_OF_AN_INITIAL = np.float32(0.3)


@lru_cache(maxsize=4_096)
def beginnings(initial: str) -> NDArray[np.bool_]:
    """Return for each code whether a word with this initial may begin with that sound."""
    first = [own[0] for own, _ in spoken(initial) if own]
    found: NDArray[np.bool_] = np.any(_EXCHANGE[first] <= _COST_OF_AN_INITIAL, axis=0)
    return found


_CLASSES = {
    "P": "p b f v bp bv pf",
    "M": "m",
    "T": "t d th td",
    "N": "n ng",
    "L": "l r r2 lr",
    "S": "s z sh zh sz ch c j dj ts dz xi g2 ssh chj",
    "K": "k c2 g q kh gh x kg kkh",
    "w": "w",
    "u": "waw",
    "-": "a e i o u eo a2 e2 i2 o2 u2 weak alif ya",
}
"""What a skeleton keeps of a sound; `w`, `u` and `-` only decide how a w is heard and go."""
_CLASS = bytes(
    next((ord(name) for name, members in _CLASSES.items() if code and CODES[code - 1] in members.split()), 0)
    for code in range(len(CODES) + 1)
)
_CLASS += bytes(256 - len(_CLASS))
_OPENING_W = re.compile(b"w(?=-)|^u")
_REPEATED = re.compile(rb"(.)\1+", re.DOTALL)


def skeleton(sounds: bytes) -> bytes:
    """Return the coarse classes of the consonants, without vowels, glides and h; empty for a word of vowels.

    Equal neighbours are one. A w that opens a syllable is heard as v is. Spellings of one name mostly share the
    skeleton, or one that is left when either loses a class.
    """
    heard = _OPENING_W.sub(b"P", sounds.translate(_CLASS).replace(b"\0", b""))
    return _REPEATED.sub(rb"\1", heard.translate(None, b"wu-"))


def likeness(a: Spoken, b: Spoken) -> float:
    """Return how alike two words sound in their best readings: 1 for equal sounds, 0 for nothing in common."""
    return max(
        (
            _alike(np.frombuffer(own, np.uint8), bare, np.frombuffer(other, np.uint8), other_bare, _COSTS)
            for own, bare in a
            for other, other_bare in b
        ),
        default=0.0,
    )


def likeness_many(
    probe: Spoken,
    codes: NDArray[np.uint8],
    starts: NDArray[np.uint32] | NDArray[np.int64],
    vowelless: NDArray[np.uint8],
    least: float = 0.0,
) -> NDArray[np.float32]:
    """Return the likeness of the probe's best reading with each of n packed readings, 0 where it is below `least`.

    Reading `i` has the codes from `starts[i]` up to `starts[i + 1]`; `starts` has n + 1 entries and
    `vowelless` n. Runs without the interpreter's lock.
    """
    best = np.zeros(len(vowelless), np.float32)
    for own, bare in probe:
        _raise_to_likeness(best, np.frombuffer(own, np.uint8), bare, codes, starts, vowelless, least, _COSTS)
    return best


@njit(nogil=True, cache=True)
def _alike(a: NDArray[np.uint8], a_bare: bool, b: NDArray[np.uint8], b_bare: bool, costs: Any) -> float:
    best = np.zeros(1, np.float32)
    _raise_to_likeness(best, a, a_bare, b, np.array([0, len(b)]), np.array([np.uint8(b_bare)]), 0.0, costs)
    return float(best[0])


@njit(nogil=True, cache=True)
def _raise_to_likeness(  # noqa: PLR0917 (numba takes no keyword-only arguments)
    best: NDArray[np.float32],
    a: NDArray[np.uint8],
    a_bare: bool,
    codes: Any,
    starts: Any,
    bare: Any,
    least: float,
    costs: Any,
) -> None:
    """Raise each entry of `best` to the likeness of `a` with the packed reading, where it is `least` or more.

    Costs only grow from row to row, and no step leaves out more than one row: two rows that cost too much all
    over end it.
    """
    dropping, exchange = costs[:2], costs[2:]
    n = len(a)
    one, half = np.float32(1.0), np.float32(0.5)
    rows = np.empty((3, LONGEST + 1), np.float32)
    for k in range(len(best)):
        start: Any = np.int64(starts[k])
        m: Any = min(np.int64(starts[k + 1]) - start, LONGEST)
        drop_a = dropping[int(bare[k] != 0 and not a_bare)]
        drop_b = dropping[int(a_bare and bare[k] == 0)]
        weight: Any = np.float32(0.0)
        for i in range(n):
            weight += drop_a[a[i]]
        rows[0, 0] = 0.0
        for j in range(m):
            rows[0, j + 1] = rows[0, j] + drop_b[codes[start + j]]
        weight = (weight + rows[0, m]) * half
        if n == 0 or m == 0:
            continue
        allowed: Any = np.float32((1.0 - least) * weight * weight / (weight + one)) + _ROUNDING
        now, last, before = 0, 0, 0
        least_before: Any = np.float32(0.0)
        for i in range(n):
            before, last, now = last, now, (i + 1) % 3
            code = a[i]
            drop = drop_a[code]
            rows[now, 0] = rows[last, 0] + drop
            least_now: Any = rows[now, 0]
            for j in range(m):
                other = codes[start + j]
                cost: Any = rows[last, j] + exchange[code, other]
                cost = min(cost, rows[last, j + 1] + drop)
                cost = min(cost, rows[now, j] + drop_b[other])
                if i > 0 and j > 0 and code == codes[start + j - 1] and a[i - 1] == other:
                    cost = min(cost, rows[before, j - 1] + half)
                rows[now, j + 1] = cost
                least_now = min(least_now, cost)
            if least_now > allowed and least_before > allowed:
                rows[now, m] = least_now
                break
            least_before = least_now
        alike: Any = one - rows[now, m] / weight * (one + one / weight)
        if alike >= least:
            best[k] = max(best[k], alike)


__all__ = [
    "CODES",
    "LONGEST",
    "SOUND_CODES",
    "Spoken",
    "beginnings",
    "likeness",
    "likeness_many",
    "skeleton",
    "sounds",
    "spoken",
]
