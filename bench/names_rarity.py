"""Make `tables/common.txt.xz`: how common the words of names are, each in the population where it is commonest.

    python -c "from bench import names_rarity; names_rarity.main()"

Sources: Faker's lists for 80 locales (MIT; those with weights come from national statistics), the dataset of
Japanese personal names (MIT), and the shares below, rounded from censuses and registers as Wikipedia and
Forebears quote them. A list without weights tells only that its words are common there.
"""

import importlib
import lzma
import math
import pkgutil
from collections.abc import Iterator, Sequence
from importlib import resources

import faker.providers.person as lists

from allpoints.modalities.names.scripts import words

LOCALES_OF_SAMPLES = {"de_LI", "de_LU", "es", "pl_PL", "is_IS", "ga_IE", "en"}
"""Lists whose weights are of a sample, or that name every word there is."""
SMALLEST = 5e-5
SMALLEST_LIST = 10

SHARES = {
    0.3: ("nguyen nguyễn"),
    0.2: ("kim 김 김씨 thi thị van văn"),
    0.14: ("lee yi rhee 이 리"),
    0.1: ("tran trần park pak 박 le lê singh kaur"),
    0.07: (
        "wang 王 li 李 zhang 张 張 chen 陈 陳 mohammed muhammad mohamed mohammad muhammed mohamad mohd"
        " mehmet мухаммед магомед محمد kumar devi pham phạm maria mary"
    ),
    0.05: (
        "liu 刘 劉 ali علي али khan خان choi choe 최 ahmed ahmad أحمد احمد ахмед jung jeong chong 정"
        " hoang hoàng huynh huỳnh begum bibi cohen כהן yang 杨 楊 lin 林 wong chan 黄 黃 huang joao"
        " silva santos jose juan"
    ),
    0.03: (
        "hussein husain hussain hossein hussein حسين гусейн hassan hasan حسن гасан abdullah"
        " abdallah عبدالله ibrahim إبراهيم ابراهيم phan vu vũ dang đặng bui bùi do đỗ ho hồ ngo"
        " ngô garcia rodriguez gonzalez hernandez lopez martinez perez sanchez zhao 赵 趙 wu 吴 吳"
        " zhou 周 kang 강 cho 조 yoon yun 윤 jang 장 lim im 임 levi לוי traore diallo александр"
        " aleksandr alexander сергей sergey sergei владимир vladimir олександр fatima فاطمة"
        " mustafa مصطفى mahmoud mahmud محمود reza رضا hossain islam rahman akter david daniel ana"
    ),
    0.018: (
        "xu 徐 sun 孙 孫 ma 马 馬 zhu 朱 hu 胡 guo 郭 he 何 gao 高 luo 罗 羅 zheng 郑 鄭 liang 梁 xie 谢 謝 han 한"
        " 韩 韓 oh 오 seo suh 서 shin 신 kwon 권 hwang 황 ahn an 안 song 송 ryu yoo 류 유 hong 홍 john james"
        " robert william michael joseph peter paul thomas anna elena андрей andrei andrey алексей"
        " alexei aleksey дмитрий dmitry dmitri николай nikolai nikolay иван ivan михаил mikhail"
        " татьяна tatiana наталья natalia ольга olga елена анна мария yusuf yousef youssef يوسف"
        " omar umar عمر khaled khalid خالد said saeed سعيد saleh salih صالح hamid حميد karim كريم"
        " hamza حمزة abdul عبد abu yilmaz yılmaz kaya demir sharma patel das gupta yadav sato"
        " suzuki takahashi tanaka papadopoulos georgios ioannis konstantinos dimitrios oliveira"
        " souza pereira fernandez gomez diaz martin coulibaly keita toure ba diop ndiaye musa"
        " abebe tesfaye haile mohammadi hosseini ahmadi karimi محمدی حسینی احمدی کریمی علی حسین"
        " رضایی абдул магомедов али алиев aliyev мамедов mammadov"
    ),
}
"""Of the commonest words of the world, the share of their people who bear them."""


def main() -> None:
    """Write the table: a line for each tenth of a log10 unit, rarest last."""
    shares = {
        word: share for share, text in SHARES.items() for written in text.split() for word in words(written)
    }
    for word, share in (*of_faker(), *of_japan()):
        shares[word] = max(share, shares.get(word, 0.0))
    classes: dict[int, list[str]] = {}
    for word, share in shares.items():
        classes.setdefault(round(-10 * math.log10(share)), []).append(word)
    lines = [f"{tenths} {' '.join(sorted(found))}\n" for tenths, found in sorted(classes.items())]
    path = resources.files("allpoints.modalities.names") / "tables" / "common.txt.xz"
    with resources.as_file(path) as file:
        file.write_bytes(lzma.compress("".join(lines).encode(), preset=9))
    print(f"{len(shares)} words, {file.stat().st_size} bytes")


def of_faker() -> Iterator[tuple[str, float]]:
    """The words of Faker's lists with their shares."""
    for module in pkgutil.iter_modules(lists.__path__):
        if module.name in LOCALES_OF_SAMPLES:
            continue
        provider = importlib.import_module(f"{lists.__name__}.{module.name}").Provider
        for name in dir(provider):
            if "name" in name and not any(word in name for word in ("format", "language", "pairs", "kana")):
                found = getattr(provider, name)
                if isinstance(found, dict | list | tuple) and len(found) >= SMALLEST_LIST:
                    yield from _of_list(found)


def _of_list(found: dict[str, float] | Sequence[str]) -> Iterator[tuple[str, float]]:
    weights = found if isinstance(found, dict) else {}
    total, unweighted = sum(weights.values()), 1 / (3 * len(found) + 100)
    for text in found:
        if isinstance(text, str):
            share = weights[text] / total / 2 if total else unweighted
            for word in words(text):
                if len(word) > 1 or not word.isascii():
                    yield word.removeprefix("ال") if len(word) > 4 else word, max(share, SMALLEST)


def of_japan() -> Iterator[tuple[str, float]]:
    """The two thousand commonest family names of Japan, in kanji and in Latin letters."""
    table = resources.files("japanese_personal_name_dataset") / "dataset" / "last_name_org.csv"
    for line in table.read_text(encoding="utf-8").splitlines():
        kanji, bearers, _, latin = line.split(",")[:4]
        for word in words(f"{kanji} {latin}"):
            yield word, max(float(bearers) / 125e6, SMALLEST)
