"""What places and states are called: states in a hundred languages, former states, towns with several names."""

import gettext
import re
from functools import cache
from pathlib import Path
from typing import Any

import pycountry

from allpoints.modalities.names.scripts import words
from allpoints.records.states import STATES

NO_STATE = frozenset("XXA XXB XXC XXX UNO UNA UNK EUE ZZZ".split())  # noqa: SIM905
"""Stateless, refugee, unspecified, and organisations: they name no nationality (ICAO 9303-3, section 5)."""

_SAME_STATE = {
    "D": "DEU", "GBD": "GBR", "GBN": "GBR", "GBO": "GBR", "GBP": "GBR", "GBS": "GBR", "XKX": "RKS",
    "BUR": "MMR", "ZAR": "COD", "TMP": "TLS", "HVO": "BFA", "DHY": "BEN", "RHO": "ZWE", "BYS": "BLR",
    "ROM": "ROU", "FXX": "FRA", "DDR": "DEU", "VDR": "VNM", "YMD": "YEM", "NHB": "VUT", "AFI": "DJI",
}  # fmt: skip
"""Other codes of a state: Britain's classes of nationality, and states that were renamed or united."""

_PARTS = {
    code: frozenset(parts.split())
    for code, parts in {
        "SUN": "RUS UKR BLR UZB KAZ GEO AZE LTU MDA LVA KGZ TJK ARM TKM EST",
        "YUG": "SRB MNE HRV SVN BIH MKD RKS SCG",
        "SCG": "SRB MNE RKS",
        "SRB": "RKS MNE",
        "CSK": "CZE SVK",
        "ANT": "CUW SXM BES ABW",
        "SDN": "SSD",
        "ETH": "ERI",
        "PAK": "BGD",
        "IDN": "TLS",
        "ISR": "PSE",
        "JOR": "PSE",
        "MAR": "ESH",
        "CHN": "HKG MAC TWN",
        "USA": "PRI GUM VIR ASM MNP",
        "FRA": "REU GLP MTQ GUF MYT NCL PYF SPM WLF MAF BLM",
        "NLD": "ABW CUW SXM BES ANT",
        "DNK": "FRO GRL",
        "FIN": "ALA",
        "NOR": "SJM",
        "GBR": "IMN JEY GGY GIB BMU CYM VGB TCA AIA MSR FLK SHN HKG",
    }.items()
}
"""What was or is ruled from elsewhere: somebody may truthfully be called a national of either."""

_OTHER_STATE_NAMES = {
    "SUN": "ussr|soviet union|union of soviet socialist republics|ссср|советский союз",
    "YUG": "yugoslavia|jugoslavija|југославија|югославия",
    "CSK": "czechoslovakia|československo|ceskoslovensko",
    "SCG": "serbia and montenegro",
    "RKS": "kosovo|kosova|косово",
    "DEU": "east germany|west germany|gdr|ddr|frg|german democratic republic",
    "MMR": "burma",
    "COD": "zaire|dr congo|drc",
    "ZWE": "rhodesia",
    "GBR": "uk|england|scotland|wales|northern ireland|great britain|britain",
    "USA": "us|america",
    "RUS": "russia|rsfsr|рсфср",
    "KOR": "south korea",
    "PRK": "north korea|dprk",
    "CIV": "ivory coast",
    "CPV": "cape verde",
    "SWZ": "swaziland",
    "MKD": "macedonia|fyrom",
    "TUR": "turkey",
    "PSE": "palestine|gaza strip|west bank",
    "VAT": "vatican",
    "ARE": "uae",
    "BIH": "bosnia",
    "LAO": "laos",
    "SYR": "syria",
    "BRN": "brunei",
    "CZE": "czech republic",
}

_TOWNS = (
    "saint petersburg|st petersburg|sankt peterburg|leningrad|petrograd|санкт петербург|ленинград",
    "volgograd|stalingrad|волгоград|сталинград",
    "nizhny novgorod|nizhniy novgorod|gorky|gorki|gorkiy|нижний новгород|горький",
    "yekaterinburg|ekaterinburg|sverdlovsk|екатеринбург|свердловск",
    "samara|kuibyshev|kuybyshev|самара|куйбышев",
    "bishkek|frunze|бишкек|фрунзе",
    "dushanbe|stalinabad|душанбе|сталинабад",
    "khujand|leninabad|khudzhand|худжанд|ленинабад",
    "astana|nur sultan|akmola|tselinograd|астана|нур султан|целиноград",
    "almaty|alma ata|алматы|алма ата",
    "gyumri|leninakan|гюмри|ленинакан",
    "ganja|gyanja|kirovabad|гянджа|кировабад",
    "mariupol|zhdanov|мариуполь|жданов",
    "luhansk|lugansk|voroshilovgrad|луганск|луганськ|ворошиловград",
    "donetsk|stalino|донецк|донецьк",
    "dnipro|dnepr|dnipropetrovsk|dnepropetrovsk|днепр|дніпро|днепропетровск",
    "lviv|lvov|lwow|lemberg|львов|львів",
    "kharkiv|kharkov|харьков|харків",
    "kyiv|kiev|киев|київ",
    "odesa|odessa|одесса|одеса",
    "chisinau|kishinev|кишинев",
    "vilnius|wilno|vilna|вильнюс",
    "kaliningrad|konigsberg|koenigsberg|калининград",
    "gdansk|danzig", "wroclaw|breslau", "szczecin|stettin", "bratislava|pressburg|pozsony",
    "moscow|moskva|moskau|moscou|москва", "warsaw|warszawa|warschau", "prague|praha|prag",
    "vienna|wien", "munich|munchen|muenchen", "cologne|koln|koeln", "geneva|geneve|genf",
    "brussels|bruxelles|brussel", "antwerp|antwerpen|anvers", "the hague|den haag|s gravenhage",
    "copenhagen|kobenhavn|koebenhavn", "gothenburg|goteborg|goeteborg", "oslo|christiania|kristiania",
    "bucharest|bucuresti", "belgrade|beograd|београд", "podgorica|titograd", "sofia|sofiya|софия",
    "athens|athina|αθηνα", "thessaloniki|salonica|salonika|selanik|θεσσαλονικη", "nicosia|lefkosia|lefkosa|λευκωσια",
    "istanbul|constantinople|konstantiniyye", "izmir|smyrna", "diyarbakir|amed", "sanliurfa|urfa",
    "rome|roma", "milan|milano", "naples|napoli", "florence|firenze", "venice|venezia", "turin|torino",
    "lisbon|lisboa", "seville|sevilla", "london|londres|londra|лондон", "dublin|baile atha cliath",
    "cairo|al qahirah|el qahira|القاهرة", "alexandria|al iskandariyah|الاسكندرية|الإسكندرية",
    "damascus|dimashq|damas|دمشق", "aleppo|halab|alep|حلب", "latakia|al ladhiqiyah|اللاذقية", "homs|hims|حمص",
    "raqqa|ar raqqah|rakka|الرقة", "mosul|al mawsil|الموصل", "basra|al basrah|bassorah|البصرة",
    "erbil|arbil|irbil|hewler|hawler|أربيل", "baghdad|bagdad|بغداد", "fallujah|al fallujah|falluja|الفلوجة",
    "jerusalem|al quds|yerushalayim|القدس|ירושלים", "bethlehem|bayt lahm|بيت لحم", "hebron|al khalil|الخليل",
    "nablus|shechem|نابلس", "gaza|ghazzah|gaza city|غزة", "acre|akko|akka|עכו", "haifa|hefa|חיפה|حيفا",
    "beirut|bayrut|beyrouth|بيروت", "tripoli|tarabulus|trablous|طرابلس", "sidon|saida|صيدا", "tyre|sour|sur|صور",
    "riyadh|ar riyad|الرياض", "mecca|makkah|مكة", "medina|al madinah|المدينة", "jeddah|jiddah|djeddah|جدة",
    "kuwait|al kuwayt|kuwait city|الكويت", "sanaa|sana|صنعاء", "algiers|alger|al jazair|الجزائر",
    "casablanca|dar el beida|ad dar al bayda|الدار البيضاء", "fes|fez|فاس", "tangier|tanger|tanja|طنجة",
    "tunis|تونس", "khartoum|al khurtum|الخرطوم", "mogadishu|muqdisho|mogadiscio|مقديشو", "hargeisa|hargeysa",
    "addis ababa|addis abeba|አዲስ አበባ", "asmara|asmera|አስመራ", "tehran|teheran|تهران", "mashhad|meshed|مشهد",
    "isfahan|esfahan|اصفهان", "orumiyeh|urmia|rezaiyeh|ارومیه", "kermanshah|bakhtaran|کرمانشاه",
    "kabul|kaboul|کابل", "kandahar|qandahar|قندهار|کندهار", "faisalabad|lyallpur|فیصل آباد",
    "mumbai|bombay|मुंबई", "kolkata|calcutta|কলকাতা", "chennai|madras|சென்னை", "bengaluru|bangalore|ಬೆಂಗಳೂರು",
    "pune|poona", "varanasi|benares|banaras", "prayagraj|allahabad", "thiruvananthapuram|trivandrum",
    "kochi|cochin", "dhaka|dacca|ঢাকা", "chattogram|chittagong|চট্টগ্রাম", "yangon|rangoon",
    "bangkok|krung thep|กรุงเทพ|กรุงเทพมหานคร",
    "ho chi minh city|ho chi minh|saigon|sai gon|thanh pho ho chi minh", "hanoi|ha noi", "phnom penh|ភ្នំពេញ",
    "jakarta|batavia|djakarta", "makassar|ujung pandang", "beijing|peking|pekin|北京", "guangzhou|canton|广州|廣州",
    "nanjing|nanking|南京", "xiamen|amoy|厦门|廈門", "shenyang|mukden|沈阳|瀋陽", "tianjin|tientsin|天津",
    "xian|sian|西安", "chongqing|chungking|重庆|重慶", "hong kong|xianggang|香港", "macau|macao|aomen|澳門|澳门",
    "taipei|taibei|台北|臺北", "kaohsiung|gaoxiong|高雄", "urumqi|wulumuqi|ürümqi|乌鲁木齐", "kashgar|kashi|喀什",
    "seoul|soul|서울", "busan|pusan|부산", "pyongyang|pyeongyang|평양", "tokyo|東京|东京", "osaka|大阪", "kyoto|京都",
    "kinshasa|leopoldville", "lubumbashi|elisabethville", "kisangani|stanleyville", "ndjamena|fort lamy",
    "harare|salisbury", "maputo|lourenco marques", "pretoria|tshwane", "gqeberha|port elizabeth", "banjul|bathurst",
    "mexico city|ciudad de mexico|mexico df|cdmx", "new york|new york city|nyc|nueva york", "havana|la habana",
)  # fmt: skip
"""Names of one town that do not sound alike: renamed, or called otherwise abroad."""

_KINDS_OF_PLACE = """
city town village district region province oblast raion rayon krai governorate county state republic of the near
prefecture municipality area in central upon de la le el al an di do da du des los las
город г село область район край республика обл смт 市 省 县 縣 区 區 県 府 都 محافظة مدينة قرية استان شهر 시 도 군 구
"""
KINDS_OF_PLACE = frozenset(_KINDS_OF_PLACE.split())
"""Words that say what kind of place it is, or only join others."""


def state_code(code: str) -> str:
    """Return the code of the state that this code means; empty where it names no nationality."""
    return "" if code in NO_STATE else _SAME_STATE.get(code, code)


def compatible(a: str, b: str) -> bool:
    """Whether two different states say little against each other: a former one and its successor, or a territory."""
    return b in _PARTS.get(a, ()) or a in _PARTS.get(b, ())


def state_called(name: str) -> str:
    """Return the three letters of the state with this name, in any of a hundred languages; empty for none."""
    return _state_names().get(" ".join(words(name)), "")


def town_called(name: str) -> str:
    """Return the name by which a town is known here, of words single and folded; others come back as they are."""
    return _town_names().get(name, name)


@cache
def _town_names() -> dict[str, str]:
    names = ([" ".join(words(name)) for name in line.split("|")] for line in _TOWNS)
    return {name: first for first, *others in names for name in (first, *others)}


@cache
def _state_names() -> dict[str, str]:
    """English names and those above prevail; a name that other languages give to several states names none."""
    found: dict[str, set[str]] = {}
    english = [(country.alpha_3, each) for country in pycountry.countries for each in _names(country)]
    for language in sorted(folder.name for folder in Path(pycountry.LOCALES_DIR).iterdir()):
        translated = gettext.translation(
            "iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True
        ).gettext
        for code, name in english:
            found.setdefault(translated(name), set()).add(code)
            found.setdefault(re.split("[,،、(]", translated(name))[0], set()).add(code)
    alike: dict[str, set[str]] = {}
    for name, codes in found.items():
        alike.setdefault(" ".join(words(name)), set()).update(codes)
    names = {name: min(codes) for name, codes in alike.items() if len(codes) == 1}
    names |= {" ".join(words(name)): code for code, name in english}
    names |= {
        " ".join(words(name)): code for code, line in _OTHER_STATE_NAMES.items() for name in line.split("|")
    }
    names.pop("", None)
    return names


def _names(country: Any) -> list[str]:
    """The short and the common name: `Korea, Republic of` and `South Korea`."""
    return [name for kind in ("name", "common_name") if (name := getattr(country, kind, None))]


CODES = STATES | frozenset(_SAME_STATE) | frozenset(_PARTS)
"""Three-letter codes of states, former ones among them."""
