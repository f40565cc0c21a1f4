"""Arabic script, Hebrew and Syriac: consonants and long vowels, with the short vowels left out.

In these readings `a`, `w` and `y` stand for letters that are a consonant or a long vowel (alif, waw, ya), and
`e` for a letter that only carries some vowel (ayn, hamza, the alif that opens a word, alef).
"""

import re
import unicodedata

from allpoints.modalities.names.romanise.tables import letters

_ARABIC = letters(
    "ا:a أ:e إ:e آ:a ٱ:e ء:e ئ:e ؤ:e ى:a ة:ah ع:e ب:b ت:t ث:th ج:j ح:h خ:kh د:d ذ:dh ر:r ز:z س:s ش:sh "
    "ص:s ض:d ط:t ظ:z غ:gh ف:f ق:q ك:k ل:l م:m ن:n ه:h و:w ي:y پ:p چ:ch ژ:zh گ:g ک:k ی:y ہ:h ۂ:h ھ:h "
    "ے:y ۓ:y ں:n ٹ:t ڈ:d ڑ:r ۀ:h ۃ:ah ڤ:v ڥ:v ڨ:g ڭ:ng ݣ:g ڢ:f ڧ:q ڕ:r ڵ:l ۆ:w ێ:y ە:a ۋ:v ۇ:w ۈ:w ې:y "
    "ۊ:w ټ:t ډ:d ړ:r ږ:zh ښ:sh ځ:dz څ:ts ڼ:n ۍ:y ګ:g ڪ:k ٻ:b ٺ:t ٽ:t ڦ:f ڄ:j ڃ:ny ڇ:ch ڌ:d ڏ:d ڊ:d ڳ:g "
    "ڱ:ng ڻ:n"
)
_HEBREW = letters(
    "א:a ב:b ג:g ד:d ה:h ו:w ז:z ח:kh ט:t י:y כ:k ך:k ל:l מ:m ם:m נ:n ן:n ס:s ע:e פ:p ף:p צ:ts ץ:ts "
    "ק:q ר:r ש:sh ת:t װ:v ױ:wy ײ:y"
)
_GERESH = {
    "ג׳": "j",
    "ז׳": "zh",
    "צ׳": "ch",
    "ץ׳": "ch",
    "ת׳": "th",
    "ד׳": "th",
    "ח׳": "kh",
    "ע׳": "gh",
    "ו׳": "w",
}
_SYRIAC = letters("ܐ:a ܒ:b ܓ:g ܕ:d ܗ:h ܘ:w ܙ:z ܚ:h ܛ:t ܝ:y ܟ:k ܠ:l ܡ:m ܢ:n ܣ:s ܥ:e ܦ:p ܨ:s ܩ:q ܪ:r ܫ:sh ܬ:t")

_PERSIAN = str.maketrans("ضذظث", "زززس")
_TWO_LETTERS = re.compile("([cdgkstz]) ([hsz])(?= |$)")


def arabic(word: str) -> str:
    """Every letter of the word."""
    word = "".join(letter for letter in word if not unicodedata.combining(letter)).replace("لله", "له")
    if word[:1] == "ا":
        word = "أ" + word[1:]
    return _joined([_ARABIC.get(letter, "") for letter in word])


def persian(word: str) -> str:
    """The Arabic letters that Iran, Afghanistan and Pakistan read as z and s, where the word has one."""
    read = word.translate(_PERSIAN)
    return arabic(read) if read != word else ""


def arabic_without_article(word: str) -> str:
    """The word without a joined article or `and`, where there is one."""
    return arabic(word[2:]) if word.startswith("ال") and len(word) > 4 else ""


def hebrew(word: str) -> str:
    """Every letter; doubled vav and yod are one."""
    word = "".join(
        letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter)
    )
    for pair, sound in _GERESH.items():
        word = word.replace(pair, sound)
    word = word.replace("וו", "ו").replace("יי", "י")
    if word[:1] == "א":
        word = "ע" + word[1:]
    return _joined([_HEBREW.get(letter, letter if letter.isascii() else "") for letter in word])


def syriac(word: str) -> str:
    """Every letter."""
    return _joined([_SYRIAC.get(letter, "") for letter in word])


def _joined(letters: list[str]) -> str:
    """The letters with an `e` where two of them would read as one, such as k and h."""
    return _TWO_LETTERS.sub(r"\1e\2", " ".join(letters)).replace(" ", "")
