"""The keys under which words meet that sound or are written alike.

A word has the skeleton of each of its readings for a key, and that with any one class left out, as in the symmetric
deletion of SymSpell (Garbe 2012); the letters of its readings likewise; and the names of which it is a form.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from unicodedata import unidata_version

from allpoints.modalities.names.romanise import readings
from allpoints.modalities.names.sounds import CODES, skeleton, sounds, spoken
from allpoints.modalities.names.symbols import symbols_of


def word_hash(word: str) -> int:
    """The 64 bits by which an index knows the word."""
    return _hashed(word.encode("utf-8", "replace"))


@cache
def fingerprint() -> str:
    """A hash that changes with the rules and tables by which people become words, sounds and keys.

    It is taken of their source: whichever name a new rule treats otherwise, the change shows. A mere
    comment changes it, too, which costs a rebuild and no more.
    """
    made = blake2b(digest_size=16)
    for source in _sources():
        octets = source.read_bytes()
        made.update(f"{source.name} {len(octets)}\n".encode() + octets)
    for package in _PACKAGES:
        made.update(f"{package} {version(package)}\n".encode())
    made.update(unidata_version.encode())
    return made.hexdigest()


def _sources() -> Iterator[Traversable]:
    room = files("allpoints.modalities.names")
    for folder, suffix in ((room / "romanise", ".py"), (room / "tables", (".txt", ".xz"))):
        yield from sorted(
            (each for each in folder.iterdir() if each.name.endswith(suffix)), key=lambda each: each.name
        )
    yield from (room / module for module in _MODULES)
    yield files("allpoints.records") / "births.py"


_MODULES = (
    "han_table.py",
    "hearing.py",
    "retrieval/entries.py",
    "retrieval/keys.py",
    "scripts.py",
    "slots.py",
    "sounds.py",
    "symbols.py",
    "vocabulary.py",
)
_PACKAGES = ("anyascii", "japanese-personal-name-dataset")


_WHOLE, _LESS_ONE, _LETTERS, _SYMBOL = b"w", b"o", b"l", b"s"
"""Kinds of keys: of a skeleton, of a skeleton less one class, of letters, all of them or all but one, and of a
name that the word is a form of."""
_CUT_SKELETON = 4
"""Classes that a skeleton must have so that one may be left out on either side, and on both."""
_CUT_BOTH = 5
_CUT_LETTERS = 3


def keys_of(word: str) -> list[frozenset[int]]:
    """The keys that lead to each reading of the word, in the order of `spoken`."""
    keys = []
    for (sounds_, _), letters in _read(word).items():
        found = set(_letter_keys(letters))
        for bones in _skeletons(sounds_):
            found.add(_WHOLE + bones)
            found.update(_LESS_ONE + part for part in _less_one(bones, _CUT_SKELETON))
        keys.append(frozenset(map(_hashed, found)))
    return keys


def keys_to(word: str) -> list[frozenset[int]]:
    """For each reading of the word, in the order of `spoken`, the keys that lead to readings like it.

    Where both skeletons would be short of one class, short ones would meet nearly all others.
    """
    keys = []
    for (sounds_, _), letters in _read(word).items():
        found = set(_letter_keys(letters))
        for bones in _skeletons(sounds_):
            found.update((_WHOLE + bones, _LESS_ONE + bones))
            found.update(_WHOLE + part for part in _less_one(bones, _CUT_SKELETON))
            found.update(_LESS_ONE + part for part in _less_one(bones, _CUT_BOTH))
        keys.append(frozenset(map(_hashed, found)))
    return keys


def symbol_keys(word: str) -> frozenset[int]:
    """The keys that lead to the forms of the same name, however they sound: `Bill` to `William`."""
    return frozenset(_hashed(_SYMBOL + symbol.encode()) for symbol in symbols_of(word))


def _read(word: str) -> dict[tuple[bytes, bool], list[bytes]]:
    """For each sound of the word the letters that are read so; none where vowels are unwritten."""
    letters: dict[tuple[bytes, bool], list[bytes]] = {each: [] for each in spoken(word)}
    for reading in readings(word):
        if not reading.vowelless:
            letters[sounds(reading), reading.vowelless].append(reading.text.encode())
    return letters


def _letter_keys(letters: Sequence[bytes]) -> Iterator[bytes]:
    for text in letters:
        yield _LETTERS + text
        yield from (_LETTERS + part for part in _less_one(text, _CUT_LETTERS))


def _less_one(text: bytes, shortest: int) -> set[bytes]:
    if len(text) < shortest:
        return set()
    return {text[:i] + text[i + 1 :] for i in range(len(text))}


def _hashed(text: bytes) -> int:
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "little")


def _skeletons(codes: bytes) -> set[bytes]:
    """The skeleton of these sounds, also with throat sounds unheard and with `ch` among them."""
    throaty = codes.translate(_CH_AS_KH)
    found = {skeleton(codes), skeleton(throaty), skeleton(throaty.translate(None, delete=_THROAT))}
    return found - {b""}


_THROAT = bytes(CODES.index(name) + 1 for name in ("kh", "gh", "x"))
_CH_AS_KH = bytes.maketrans(bytes([CODES.index("ch") + 1]), bytes([CODES.index("kh") + 1]))
