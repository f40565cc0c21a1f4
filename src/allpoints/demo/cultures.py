"""In which language the people of a state are named: Faker's lists, and short ones of our own where it has none."""

from functools import cache
from typing import NamedTuple

from faker import Faker

from allpoints.demo.romanisation import romanised
from allpoints.formats.mrz import transliterate
from allpoints.formats.mrz.transliteration_tables import LANGUAGE_OF_STATE

_SURNAMES, _GIVEN = 60, 40

_LOCALES = {
    "UTO": "sv_SE", "ALB": "sq_AL", "FRA": "fr_FR", "DEU": "de_DE", "GRC": "el_GR", "BGR": "bg_BG",
    "UKR": "uk_UA", "GEO": "ka_GE", "ARM": "hy_AM", "ISR": "he_IL", "SAU": "ar_SA", "IND": "hi_IN",
    "THA": "th_TH", "CHN": "zh_CN", "JPN": "ja_JP", "KOR": "ko_KR", "ESP": "es_ES", "ITA": "it_IT",
    "POL": "pl_PL", "TUR": "tr_TR", "BRA": "pt_BR", "NGA": "yo_NG", "ZAF": "zu_ZA", "IRN": "fa_IR",
    "MKD": "mk_MK", "RUS": "ru_RU", "VNM": "vi_VN", "GBR": "en_GB", "USA": "en_US", "SWE": "sv_SE",
    "NLD": "nl_NL", "HRV": "hr_HR", "CZE": "cs_CZ", "HUN": "hu_HU", "ROU": "ro_RO", "FIN": "fi_FI",
    "JOR": "ar_AA", "MEX": "es_MX", "PRT": "pt_PT", "IDN": "id_ID",
}  # fmt: skip
"""States of every region and script. In Utopia people are named as in Doc 9303's specimens."""

STATES_OF_CULTURES = tuple(_LOCALES)
_OF_THE_OTHERS = ("FRA", "GBR", "ESP", "PRT", "JOR", "IDN")


class Spelling(NamedTuple):
    """A part of a name in the state's own script, and in Latin letters as its passports have it."""

    native: str
    latin: str
    """As transliterated for the machine-readable zone, where Doc 9303 says how."""


class Culture(NamedTuple):
    """The names to draw from: a surname may differ for women and men."""

    surnames: dict[str, tuple[Spelling, ...]]
    given: dict[str, tuple[Spelling, ...]]


def culture_state(state: str) -> str:
    """The state whose names are used for this one: itself, or one of six languages spoken far and wide."""
    return state if state in _LOCALES else _OF_THE_OTHERS[sum(map(ord, state)) % len(_OF_THE_OTHERS)]


@cache
def culture(state: str, seed: str) -> Culture:
    """The names of a state in `STATES_OF_CULTURES`, the same for the same seed."""
    locale = _LOCALES[state]
    if locale in _OWN_LISTS:
        surnames, women, men = (_pairs(text) for text in _OWN_LISTS[locale])
        return Culture({"F": surnames, "M": surnames}, {"F": women, "M": men})
    faker = Faker(locale, providers=["faker.providers.person"], use_weighting=False)
    faker.seed_instance(f"{seed}/{locale}")
    if locale == "ja_JP":
        surnames = tuple(Spelling(p[0], p[2]) for p in (faker.last_name_pair() for _ in range(_SURNAMES)))
        women = tuple(Spelling(p[0], p[2]) for p in (faker.first_name_female_pair() for _ in range(_GIVEN)))
        men = tuple(Spelling(p[0], p[2]) for p in (faker.first_name_male_pair() for _ in range(_GIVEN)))
        return Culture({"F": surnames, "M": surnames}, {"F": women, "M": men})
    return Culture(
        {
            "F": tuple(_spelled(faker.last_name_female(), state) for _ in range(_SURNAMES)),
            "M": tuple(_spelled(faker.last_name_male(), state) for _ in range(_SURNAMES)),
        },
        {
            "F": tuple(_spelled(faker.first_name_female(), state) for _ in range(_GIVEN)),
            "M": tuple(_spelled(faker.first_name_male(), state) for _ in range(_GIVEN)),
        },
    )


def _spelled(native: str, state: str) -> Spelling:
    latin = romanised(native)
    zone = transliterate(latin, language=LANGUAGE_OF_STATE.get(state)).replace("<", " ")
    return Spelling(native, latin if latin.isascii() else zone.title())


def _pairs(text: str) -> tuple[Spelling, ...]:
    words = text.split()
    return tuple(Spelling(native, latin) for native, latin in zip(words[::2], words[1::2], strict=True))


def _latin(text: str) -> str:
    return " ".join(f"{word} {word}" for word in text.split())


_OWN_LISTS = {
    "sq_AL": (
        _latin(
            "Hoxha Shehu Dervishi Gjoka Prifti Leka Marku Kola Duka Basha Zogu Lleshi Rama Cela Kodra Toska"
        ),
        _latin("Drita Arta Elira Vjosa Mimoza Teuta Albana Blerta Lule Ermira Besa Flutura Jehona Valbona"),
        _latin("Agron Besnik Dritan Ermal Gjergj Ilir Luan Petrit Skender Vangjel Arben Bujar Genc Sokol"),
    ),
    "zh_CN": (
        "王 Wang 李 Li 张 Zhang 刘 Liu 陈 Chen 杨 Yang 黄 Huang 赵 Zhao 吴 Wu 周 Zhou 徐 Xu 孙 Sun 马 Ma 朱 Zhu"
        " 胡 Hu 郭 Guo 何 He 高 Gao 林 Lin 罗 Luo 郑 Zheng 梁 Liang 谢 Xie 宋 Song 唐 Tang 欧阳 Ouyang",
        "秀英 Xiuying 丽 Li 娟 Juan 敏 Min 静 Jing 艳 Yan 芳 Fang 桂英 Guiying 雪梅 Xuemei 玉兰 Yulan 婷 Ting"
        " 红霞 Hongxia 秀兰 Xiulan 佳 Jia",
        "伟 Wei 强 Qiang 磊 Lei 军 Jun 洋 Yang 勇 Yong 杰 Jie 涛 Tao 明 Ming 建国 Jianguo 建华 Jianhua 志强"
        " Zhiqiang 国平 Guoping 鹏 Peng",
    ),
    "he_IL": (
        "כהן Cohen לוי Levi מזרחי Mizrahi פרץ Peretz ביטון Biton דהן Dahan אברהם Avraham פרידמן Friedman"
        " אזולאי Azoulay כץ Katz חדד Hadad גבאי Gabay שפירא Shapira רוזן Rosen",
        "נועה Noa שירה Shira תמר Tamar מאיה Maya יעל Yael עדי Adi רות Ruth חנה Hana אסתר Ester מיכל Michal",
        "דוד David אורי Uri איתי Itay נועם Noam יוסף Yosef דניאל Daniel משה Moshe יונתן Yonatan גיל Gil עומר Omer",
    ),
    "th_TH": (
        "แก้วใส Kaeosai ทองดี Thongdi สุขใจ Sukchai ศรีสุข Sisuk บุญมี Bunmi วงศ์ทอง Wongthong จันทร์แก้ว Chankaeo"
        " พรหมมา Phromma สายทอง Saithong ชัยชนะ Chaichana ใจดี Chaidi มั่นคง Mankhong",
        "สมหญิง Somying มาลี Mali สุดา Suda วันดี Wandi พรทิพย์ Phonthip อรุณี Aruni นิภา Nipha กัญญา Kanya"
        " จันทร์เพ็ญ Chanphen รัตนา Rattana",
        "สมชาย Somchai สมศักดิ์ Somsak ประเสริฐ Prasoet วิชัย Wichai สุชาติ Suchat มานะ Mana ชาติชาย Chatchai"
        " บุญส่ง Bunsong อนันต์ Anan กิตติ Kitti",
    ),
}
"""Where Faker has no names, or none whose Latin spelling follows from a table: surnames, women's, men's names."""
