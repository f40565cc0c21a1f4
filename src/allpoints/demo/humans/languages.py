"""The languages that people are named in: how many they are, how they name each other, where they are born."""

from enum import StrEnum
from typing import NamedTuple


class Custom(StrEnum):
    """What a full name is made of, in the order in which it is written."""

    GIVEN_FAMILY = "given, sometimes a middle name, family"
    PATRONYMIC = "family, given, patronymic"
    ARAB = "given, bin or not, father's, grandfather's, family"
    FAMILY_GIVEN = "family, given"
    VIETNAMESE = "family, middle, given"
    TWO_FAMILIES = "given, father's family, mother's family"
    FATHERS = "given, father's given, grandfather's given"
    FATHER_FIRST = "father's name, given"
    MONONYM = "given, often nothing else"


class Language(NamedTuple):
    """A language and what its people's names come from."""

    name: str
    script: str
    """As Unicode calls it, in lower case."""
    people: float
    """Of a hundred people."""
    custom: Custom
    rare: float
    """The part of the people whose family name is not one of the common ones."""
    towns: str
    """`Cairo EGY, …`: where people are born, the state among them being their nationality as a rule."""
    faker: str = ""
    """The locales of Faker whose lists follow our own."""
    middle: float = 0.22
    """The part of the people with a middle name, where custom knows one."""
    spaced: bool = True
    """Whether the parts are written apart."""


_C = Custom
LANGUAGES = (
    Language("arabic", "arabic", 10, _C.ARAB, 0.2,
             "Cairo EGY, Alexandria EGY, Baghdad IRQ, Basra IRQ, Mosul IRQ, Riyadh SAU, Jeddah SAU, Damascus SYR, "
             "Aleppo SYR, Casablanca MAR, Fes MAR, Algiers DZA, Oran DZA, Tunis TUN, Tripoli LBY, Sanaa YEM, Aden YEM, "
             "Amman JOR, Beirut LBN, Khartoum SDN, Kuwait City KWT, Dubai ARE, Gaza PSE, Muscat OMN"),
    Language("persian", "arabic", 4, _C.GIVEN_FAMILY, 0.3,
             "Tehran IRN, Mashhad IRN, Isfahan IRN, Shiraz IRN, Tabriz IRN, Ahvaz IRN, Herat AFG, Kabul AFG"),
    Language("urdu", "arabic", 5, _C.GIVEN_FAMILY, 0.2,
             "Karachi PAK, Lahore PAK, Faisalabad PAK, Rawalpindi PAK, Peshawar PAK, Multan PAK, Lucknow IND"),
    Language("pashto", "arabic", 2, _C.GIVEN_FAMILY, 0.2,
             "Kandahar AFG, Jalalabad AFG, Khost AFG, Lashkar Gah AFG, Kabul AFG, Quetta PAK, Peshawar PAK"),
    Language("hebrew", "hebrew", 1.5, _C.GIVEN_FAMILY, 0.35,
             "Tel Aviv ISR, Jerusalem ISR, Haifa ISR, Beersheba ISR, Netanya ISR", middle=0.02),
    Language("russian", "cyrillic", 7, _C.PATRONYMIC, 0.45,
             "Moscow RUS, Saint Petersburg RUS, Novosibirsk RUS, Yekaterinburg RUS, Kazan RUS, Grozny RUS, Omsk RUS, "
             "Samara RUS, Rostov RUS, Minsk BLR, Tashkent UZB, Riga LVA", "ru_RU"),
    Language("ukrainian", "cyrillic", 3, _C.PATRONYMIC, 0.4,
             "Kyiv UKR, Kharkiv UKR, Odesa UKR, Dnipro UKR, Lviv UKR, Donetsk UKR, Poltava UKR", "uk_UA"),
    Language("bulgarian", "cyrillic", 1.5, _C.GIVEN_FAMILY, 0.35,
             "Sofia BGR, Plovdiv BGR, Varna BGR, Burgas BGR, Ruse BGR", "bg_BG", middle=0.02),
    Language("kazakh", "cyrillic", 2, _C.PATRONYMIC, 0.35,
             "Almaty KAZ, Astana KAZ, Shymkent KAZ, Karaganda KAZ, Aktobe KAZ, Semey KAZ"),
    Language("greek", "greek", 1.5, _C.GIVEN_FAMILY, 0.4,
             "Athens GRC, Thessaloniki GRC, Patras GRC, Heraklion GRC, Nicosia CYP, Limassol CYP",
             "el_GR", middle=0.02),
    Language("armenian", "armenian", 1.5, _C.GIVEN_FAMILY, 0.35,
             "Yerevan ARM, Gyumri ARM, Vanadzor ARM, Ejmiatsin ARM", "hy_AM", middle=0.02),
    Language("georgian", "georgian", 1.5, _C.GIVEN_FAMILY, 0.35,
             "Tbilisi GEO, Kutaisi GEO, Batumi GEO, Gori GEO, Zugdidi GEO", "ka_GE", middle=0.02),
    Language("hindi", "devanagari", 6, _C.GIVEN_FAMILY, 0.2,
             "Delhi IND, Lucknow IND, Kanpur IND, Jaipur IND, Patna IND, Bhopal IND, Varanasi IND, Kathmandu NPL"),
    Language("bengali", "bengali", 4, _C.GIVEN_FAMILY, 0.15,
             "Dhaka BGD, Chittagong BGD, Khulna BGD, Sylhet BGD, Rajshahi BGD, Kolkata IND"),
    Language("tamil", "tamil", 2.5, _C.FATHER_FIRST, 0.3,
             "Chennai IND, Madurai IND, Coimbatore IND, Jaffna LKA, Colombo LKA, Penang MYS"),
    Language("telugu", "telugu", 2, _C.FATHER_FIRST, 0.3,
             "Hyderabad IND, Vijayawada IND, Visakhapatnam IND, Guntur IND, Warangal IND"),
    Language("thai", "thai", 3, _C.GIVEN_FAMILY, 0.8,
             "Bangkok THA, Chiang Mai THA, Khon Kaen THA, Udon Thani THA, Hat Yai THA, Korat THA", middle=0.02),
    Language("korean", "hangul", 3.5, _C.FAMILY_GIVEN, 0,
             "Seoul KOR, Busan KOR, Incheon KOR, Daegu KOR, Gwangju KOR, Pyongyang PRK, Hamhung PRK", spaced=False),
    Language("japanese", "japanese", 4, _C.FAMILY_GIVEN, 0.5,
             "Tokyo JPN, Osaka JPN, Nagoya JPN, Sapporo JPN, Fukuoka JPN, Yokohama JPN, Sendai JPN", spaced=False),
    Language("chinese", "han", 8, _C.FAMILY_GIVEN, 0,
             "Beijing CHN, Shanghai CHN, Chongqing CHN, Tianjin CHN, Wuhan CHN, Chengdu CHN, Harbin CHN, Fuzhou CHN, "
             "Shenyang CHN, Wenzhou CHN", spaced=False),
    Language("cantonese", "han", 3, _C.FAMILY_GIVEN, 0,
             "Hong Kong HKG, Kowloon HKG, Macau MAC, Taipei TWN, Kaohsiung TWN, Singapore SGP, Kuala Lumpur MYS",
             spaced=False),
    Language("amharic", "ethiopic", 2, _C.FATHERS, 0.25,
             "Addis Ababa ETH, Gondar ETH, Mekelle ETH, Bahir Dar ETH, Hawassa ETH, Asmara ERI"),
    Language("vietnamese", "latin", 4, _C.VIETNAMESE, 0,
             "Hanoi VNM, Ho Chi Minh City VNM, Da Nang VNM, Hai Phong VNM, Hue VNM, Can Tho VNM, Vinh VNM"),
    Language("turkish", "latin", 4, _C.GIVEN_FAMILY, 0.5,
             "Istanbul TUR, Ankara TUR, Izmir TUR, Adana TUR, Diyarbakir TUR, Gaziantep TUR, Konya TUR", "tr_TR"),
    Language("spanish", "latin", 7, _C.TWO_FAMILIES, 0.25,
             "Madrid ESP, Barcelona ESP, Mexico City MEX, Guadalajara MEX, Culiacan MEX, Bogota COL, Medellin COL, "
             "Lima PER, Caracas VEN, Buenos Aires ARG, Santiago CHL, Quito ECU, Havana CUB", "es_ES es_MX"),
    Language("portuguese", "latin", 4, _C.TWO_FAMILIES, 0.3,
             "Sao Paulo BRA, Rio de Janeiro BRA, Salvador BRA, Recife BRA, Lisbon PRT, Porto PRT, Luanda AGO, "
             "Maputo MOZ, Praia CPV", "pt_BR pt_PT"),
    Language("french", "latin", 4, _C.GIVEN_FAMILY, 0.45,
             "Paris FRA, Marseille FRA, Lyon FRA, Lille FRA, Brussels BEL, Dakar SEN, Abidjan CIV, Bamako MLI, "
             "Kinshasa COD, Montreal CAN", "fr_FR fr_BE"),
    Language("german", "latin", 3, _C.GIVEN_FAMILY, 0.5,
             "Berlin DEU, Hamburg DEU, Munich DEU, Cologne DEU, Leipzig DEU, Vienna AUT, Graz AUT, Zurich CHE",
             "de_DE de_AT"),
    Language("polish", "latin", 2, _C.GIVEN_FAMILY, 0.45,
             "Warsaw POL, Krakow POL, Lodz POL, Wroclaw POL, Gdansk POL, Lublin POL", "pl_PL"),
    Language("dutch", "latin", 1.5, _C.GIVEN_FAMILY, 0.35,
             "Amsterdam NLD, Rotterdam NLD, The Hague NLD, Utrecht NLD, Antwerp BEL, Ghent BEL, Paramaribo SUR",
             "nl_NL nl_BE"),
    Language("italian", "latin", 2.5, _C.GIVEN_FAMILY, 0.35,
             "Rome ITA, Milan ITA, Naples ITA, Palermo ITA, Turin ITA, Bari ITA, Reggio Calabria ITA", "it_IT"),
    Language("english", "latin", 6, _C.GIVEN_FAMILY, 0.45,
             "London GBR, Manchester GBR, Glasgow GBR, Dublin IRL, New York USA, Chicago USA, Los Angeles USA, "
             "Houston USA, Toronto CAN, Sydney AUS, Kingston JAM", "en_US en_GB en_IE"),
    Language("swahili", "latin", 2, _C.GIVEN_FAMILY, 0.4,
             "Nairobi KEN, Mombasa KEN, Kisumu KEN, Dar es Salaam TZA, Dodoma TZA, Zanzibar TZA, Kampala UGA", "en_KE"),
    Language("nigerian", "latin", 3, _C.GIVEN_FAMILY, 0.35,
             "Lagos NGA, Kano NGA, Ibadan NGA, Abuja NGA, Port Harcourt NGA, Benin City NGA, Enugu NGA",
             "yo_NG ig_NG ha_NG"),
    Language("somali", "latin", 1.5, _C.FATHERS, 0.15,
             "Mogadishu SOM, Hargeisa SOM, Kismayo SOM, Bosaso SOM, Djibouti DJI, Garissa KEN"),
    Language("indonesian", "latin", 4, _C.MONONYM, 0.5,
             "Jakarta IDN, Surabaya IDN, Bandung IDN, Medan IDN, Yogyakarta IDN, Makassar IDN", "id_ID"),
    Language("filipino", "latin", 3, _C.TWO_FAMILIES, 0.3,
             "Manila PHL, Quezon City PHL, Cebu PHL, Davao PHL, Zamboanga PHL"),
)  # fmt: skip
