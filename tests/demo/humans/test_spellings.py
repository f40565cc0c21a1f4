"""Latin spellings, by the systems that documents use."""

import pytest

from allpoints.demo.humans.spellings import latin_forms


@pytest.mark.parametrize(
    ("native", "language", "forms"),
    [
        ("Щукин", "russian", {"Shchukin", "Schtschukin", "Chtchoukin"}),
        ("Юрий", "russian", {"Iurii", "Yury"}),
        ("Евгений", "russian", {"Evgenii", "Yevgeny", "Jewgenij"}),
        ("Григорій", "ukrainian", {"Hryhorii"}),
        ("Щерев", "bulgarian", {"Shterev"}),
        ("Παπαδόπουλος", "greek", {"Papadopoulos"}),
        ("Χρήστος", "greek", {"Christos", "Hristos"}),
        ("Հակոբյան", "armenian", {"Hakobyan"}),
        ("გიორგი", "georgian", {"Giorgi"}),
        ("Müller", "german", {"Muller", "Mueller"}),
        ("Łukasz", "polish", {"Lukasz"}),
        ("Nguyễn", "vietnamese", {"Nguyen"}),
    ],
)
def test_usual_spellings(native: str, language: str, forms: set[str]) -> None:
    assert forms <= set(latin_forms(native, language))
