import pytest

from allpoints.modalities.names import person
from allpoints.modalities.names.retrieval.entries import MAX_WORDS, entry
from allpoints.modalities.names.slots import MAX_SLOTS, Variant, initials, respaced, variants, written_words
from allpoints.records.people import Name


def words(name: Name | str) -> set[str]:
    return {variant.word for variant in variants(name)}


def test_each_word_fills_one_slot() -> None:
    assert variants("Angela Merkel") == [Variant("angela", 1), Variant("merkel", 2)]


def test_syllables_are_also_written_as_one() -> None:
    assert {Variant("jin", 2), Variant("ping", 4), Variant("jinping", 6)} <= set(variants("Xi Jin Ping"))
    assert Variant("jongun", 6) in variants("Kim Jong-un")


def test_initials_fill_no_slot_where_words_do() -> None:
    assert initials("E. Álvarez") == ["e"]
    assert Variant("álvarez", 1) in variants("E. Álvarez")
    assert "e" not in words("E. Álvarez")
    assert initials("J. R.") == []
    assert words("J. R.") == {"j", "r"}
    assert initials("习近平") == []


def test_a_title_that_stands_last_may_be_the_family_name() -> None:
    assert words("فيصل السيد") >= {"فيصل", "السيد"}
    assert words("السيد فيصل") == {"فيصل"}
    assert "السيد" not in words("فيصل خان السيد")


def test_an_unspaced_name_is_parted() -> None:
    assert {"习", "近平"} <= words("习近平")
    assert {"김", "정은"} <= words("김정은")
    assert words("남궁현석") >= {"남궁", "현석"}
    assert words("山田太郎") == {"山田", "太郎"}


def test_particles_and_titles_fill_no_slot_but_join() -> None:
    found = variants("Dr. Abd al-Rahman bin Khaldun")
    assert {"abd", "rahman", "khaldun", "abdalrahman", "binkhaldun"} <= {variant.word for variant in found}
    assert not {"dr", "al", "bin"} & {variant.word for variant in found}
    assert {v.slots for v in found if v.word in {"abd", "rahman"}} == {1, 2}
    assert next(v.slots for v in found if v.word == "abdalrahman") == 3


def test_the_article_may_be_left_out() -> None:
    assert words("الحسن") == {"الحسن", "حسن"}


def test_what_is_always_a_particle_is_a_name_where_there_is_no_other() -> None:
    assert words("Do An") >= {"do", "an"}
    assert variants("J")


def test_an_initial_fills_no_slot() -> None:
    assert words("J. Smith") == {"smith"}


def test_the_parts_of_a_name_count_where_the_text_lacks_them() -> None:
    assert written_words(Name(text="Angela Merkel", family="Kasner")) == ["angela", "merkel", "kasner"]
    assert written_words(Name(family="Merkel", given="Angela")) == ["angela", "merkel"]


def test_a_very_long_name_has_only_so_many_slots_and_words() -> None:
    long = " ".join(f"namen{chr(97 + i)}{chr(97 + i // 5)}x" for i in range(20))
    assert max(variant.slots for variant in variants(long)) < 1 << MAX_SLOTS
    many = entry(
        person(*[f"Anton{chr(97 + i)}mann Berta{chr(97 + i)}lein Carlo{chr(97 + i)}sohn" for i in range(26)])
    )
    assert len(many.words) == MAX_WORDS


@pytest.mark.parametrize(
    "name",
    [
        "Angela Merkel",
        "Xi Jin Ping",
        "习近平",
        "Dr. Abd al-Rahman bin Khaldun",
        "O'Neil, J.",
        "الحسن بن علي",
        "José  de la Cruz",
    ],
)
def test_an_entry_holds_the_words_of_all_variants(name: str) -> None:
    assert set(entry(person(name)).words) == words(name)


def test_a_blank_too_many_or_too_few_is_mended_where_somebody_holds_the_words() -> None:
    held = {"bianca": 3, "jove": 2, "annalena": 5}
    joined = respaced(variants("Biancajove Garcia"), lambda word: held.get(word, 0))
    assert {Variant("bianca", 1), Variant("jove", 4), Variant("biancajove", 5), Variant("garcia", 2)} == set(
        joined
    )
    parted = respaced(variants("Anna Lena Baer"), lambda word: held.get(word, 0))
    assert Variant("annalena", 3) in parted
    assert respaced(variants("Biancajove Garcia"), lambda _: 0) == variants("Biancajove Garcia")
