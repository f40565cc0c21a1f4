"""What is searched of a text: the same word in the same letters, whatever the script and however it was typed.

PostgreSQL's `simple` configuration splits at spaces and knows no language; in the cluster's C locale it lowers Latin
letters only. So words are made here: compatibility forms (NFKC), case folded, without marks over and under the letters,
without the Arabic tatweel, with the digits 0 to 9. Han, kana and Thai are written without spaces: each of their letters
is a word, and what is asked is a row of them.
"""

import re
import unicodedata
from collections.abc import Iterator

MAX_INDEXED = 200_000
"""Characters of a message that are searched: PostgreSQL holds up to a mebibyte of words."""
MAX_ASKED = 200
MAX_WORDS = 12
MAX_WORD = 60
"""Longer words are cut; PostgreSQL takes none beyond two kilobytes."""

_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)
_TATWEEL = "\u0640"


class _Letters(dict[int, str]):
    """What each letter is compared as, looked up once."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        left_out = unicodedata.combining(letter) or letter == _TATWEEL
        self[code] = "" if left_out else str(unicodedata.decimal(letter, letter))
        return self[code]


_LETTERS = _Letters()


def plain(text: str) -> str:
    """The text in the letters that are compared, with single spaces; what is neither letter nor digit stays."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    unmarked = unicodedata.normalize("NFKC", letters.translate(_LETTERS))
    return " ".join(unmarked.replace("\0", " ").split())


def indexed(text: str) -> str:
    """The words of a text, for `to_tsvector('simple', …)`."""
    return " ".join(letter for word in _words(plain(text[:MAX_INDEXED])) for letter in word)


def asked(text: str) -> str:
    """The words of a question, for `to_tsquery('simple', …)`: all of them, each may go on; empty where it has none."""
    words = list(_words(plain(text[:MAX_ASKED])))[:MAX_WORDS]
    return " & ".join(f"({' <-> '.join([*word[:-1], f'{word[-1]}:*'])})" for word in words)


def part(text: str) -> str:
    """A question as a pattern for `LIKE`, which finds any part of a name or a number."""
    escaped = re.sub(r"([\\%_])", r"\\\1", plain(text[:MAX_ASKED]))
    return f"%{escaped}%"


def _words(text: str) -> Iterator[list[str]]:
    """Each word as a row of what PostgreSQL sees as words: one, or the letters of a script without spaces."""
    for found in _WORD.finditer(text):
        word = found[0]
        if _UNSPACED.search(word):
            yield [*_letters(word)]
        else:
            yield [word[:MAX_WORD]]


def _letters(word: str) -> Iterator[str]:
    """Letters without spaces between them one by one, what stands between them in one piece."""
    for piece in re.split(f"({_UNSPACED.pattern})", word):
        if piece:
            yield piece[:MAX_WORD]
