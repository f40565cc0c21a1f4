"""The tables of Doc 9303-3, section 6: what national letters become in a machine-readable zone.

Letters are upper case. Where the Doc offers a choice, its first recommendation stands here (Ä is AE, not A).
"""

from typing import Final, Literal

Language = Literal["be", "bg", "mk", "sr", "uk"]

# Section 6 A, read the other way round: the letters that become these.
_LATIN: Final = {
    "A": "ÀÁÂÃĀĂĄ",
    "AA": "Å",
    "AE": "ÄÆ",
    "C": "ÇĆĈĊČ",
    "D": "ÐĎĐ",
    "E": "ÈÉÊËĒĔĖĘĚ",
    "G": "ĜĞĠĢ",
    "H": "ĤĦ",
    "I": "ÌÍÎÏĨĪĬĮİı",
    "IJ": "Ĳ",
    "J": "Ĵ",
    "K": "Ķ",
    "L": "ĹĻĽĿŁ",
    "N": "ÑŃŅŇŊ",
    "O": "ÒÓÔÕŌŎŐ",
    "OE": "ÖØŒ",
    "R": "ŔŖŘ",
    "S": "ŚŜŞŠ",
    "SS": "ẞ",
    "T": "ŢŤŦ",
    "TH": "Þ",
    "U": "ÙÚÛŨŪŬŮŰŲ",
    "UE": "Ü",
    "W": "Ŵ",
    "Y": "ÝŶŸ",
    "Z": "ŹŻŽ",
}

# Section 6 B. The soft sign has no row and is omitted. The Doc prints Ћ on the row of Ђ, Ғ and Һ where the
# Macedonian Ѓ and the Serbian Ћ are meant: both the printed and the meant letters are here.
_CYRILLIC: Final = {
    "Ё": "E", "Ђ": "D", "Ѓ": "G", "Є": "IE", "Ѕ": "DZ", "І": "I", "Ї": "I", "Ј": "J", "Љ": "LJ", "Њ": "NJ",
    "Ћ": "C", "Ќ": "K", "Ў": "U", "Џ": "DZ", "А": "A", "Б": "B", "В": "V", "Г": "G", "Д": "D", "Е": "E",
    "Ж": "ZH", "З": "Z", "И": "I", "Й": "I", "К": "K", "Л": "L", "М": "M", "Н": "N", "О": "O", "П": "P",
    "Р": "R", "С": "S", "Т": "T", "У": "U", "Ф": "F", "Х": "KH", "Ц": "TS", "Ч": "CH", "Ш": "SH", "Щ": "SHCH",
    "Ъ": "IE", "Ы": "Y", "Ь": "", "Э": "E", "Ю": "IU", "Я": "IA", "Ѫ": "U", "Ѵ": "Y", "Ґ": "G", "Ғ": "G",
    "Һ": "C",
}  # fmt: skip

# The exceptions that section 6 B makes for a language, by its ISO 639 code.
CYRILLIC_OF: Final[dict[Language, dict[str, str]]] = {
    "be": {"Ё": "IO", "Г": "H"},
    "bg": {"Щ": "SHT"},
    "mk": {"Ѓ": "GJ", "Ғ": "GJ", "Ќ": "KJ", "Џ": "DJ", "Х": "H", "Ц": "C"},
    "sr": {"Г": "H", "Ж": "Z", "Х": "H", "Ц": "C", "Ч": "C", "Ш": "S"},
    "uk": {"Г": "H", "И": "Y"},
}
# "If Ukrainian first character."
UKRAINIAN_FIRST: Final = {"Є": "YE", "Ї": "YI", "Й": "Y", "Ю": "YU", "Я": "YA"}

LANGUAGE_OF_STATE: Final[dict[str, Language]] = {
    "BLR": "be",
    "BGR": "bg",
    "MKD": "mk",
    "SRB": "sr",
    "UKR": "uk",
}

# Section 6 C and Appendix B.5.4. Written by code point: right-to-left letters would scramble the lines.
_ARABIC: Final = {
    0x0621: "XE",  # hamza
    0x0622: "XAA",  # alef with madda above
    0x0623: "XAE",  # alef with hamza above
    0x0624: "U",  # waw with hamza above
    0x0625: "I",  # alef with hamza below
    0x0626: "XI",  # yeh with hamza above
    0x0627: "A",  # alef
    0x0628: "B",  # beh
    0x0629: "XTA",  # teh marbuta (XAH at the end of a name component)
    0x062A: "T",  # teh
    0x062B: "XTH",  # theh
    0x062C: "J",  # jeem
    0x062D: "XH",  # hah
    0x062E: "XKH",  # khah
    0x062F: "D",  # dal
    0x0630: "XDH",  # thal
    0x0631: "R",  # reh
    0x0632: "Z",  # zain
    0x0633: "S",  # seen
    0x0634: "XSH",  # sheen
    0x0635: "XSS",  # sad
    0x0636: "XDZ",  # dad
    0x0637: "XTT",  # tah
    0x0638: "XZZ",  # zah
    0x0639: "E",  # ain
    0x063A: "G",  # ghain
    0x0640: "",  # tatwheel
    0x0641: "F",  # feh
    0x0642: "Q",  # qaf
    0x0643: "K",  # kaf
    0x0644: "L",  # lam
    0x0645: "M",  # meem
    0x0646: "N",  # noon
    0x0647: "H",  # heh
    0x0648: "W",  # waw
    0x0649: "XAY",  # alef maksura
    0x064A: "Y",  # yeh
    0x0671: "XXA",  # alef wasla
    0x0679: "XXT",  # tteh
    0x067C: "XRT",  # teh with ring
    0x067E: "P",  # peh
    0x0681: "XKE",  # hah with hamza above
    0x0685: "XXH",  # hah with 3 dots above
    0x0686: "XC",  # tcheh
    0x0688: "XXD",  # ddal
    0x0689: "XDR",  # dal with ring
    0x0691: "XXR",  # rreh
    0x0693: "XRR",  # reh with ring
    0x0696: "XRX",  # reh with dot below and dot above
    0x0698: "XJ",  # jeh
    0x069A: "XXS",  # seen with dot below and dot above
    0x069C: "",  # seen with 3 dots below and 3 dots above
    0x06A2: "",  # feh with dot moved below
    0x06A4: "V",  # veh
    0x06A5: "XF",  # feh with 3 dots below
    0x06A7: "",  # qaf with dot above
    0x06A8: "",  # qaf with 3 dots above
    0x06A9: "XKK",  # keheh
    0x06AB: "XXK",  # kaf with ring
    0x06AD: "XNG",  # ng
    0x06AF: "XGG",  # gaf
    0x06BA: "XNN",  # noon ghunna
    0x06BC: "XXN",  # noon with ring
    0x06BE: "XDO",  # heh doachashmee
    0x06C0: "XYH",  # heh with yeh above
    0x06C1: "XXG",  # heh goal
    0x06C2: "XGE",  # heh goal with hamza above
    0x06C3: "XTG",  # teh marbuta goal
    0x06CC: "XYA",  # farsi yeh
    0x06CD: "XXY",  # yeh with tail
    0x06D0: "Y",  # yeh (Pashto)
    0x06D2: "XYB",  # yeh barree
    0x06D3: "XBE",  # yeh barree with hamza above
}
TEH_MARBUTA: Final = "\u0629"
TEH_MARBUTA_AT_END: Final = "XAH"
SHADDA: Final = "\u0651"

LETTERS: Final = (
    {letter: latin for latin, letters in _LATIN.items() for letter in letters}
    | _CYRILLIC
    | {chr(code): latin for code, latin in _ARABIC.items()}
)
