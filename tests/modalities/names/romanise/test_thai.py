"""Thai and Lao vowels come in spoken order."""

import pytest

from allpoints.modalities.names.romanise.thai import by_alphabet, lao


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("เปรม", "prem"),
        ("ไทย", "thai"),
        ("สมชาย", "smchay"),
        ("ประยุทธ์", "prayuth"),
        ("หลีกภัย", "likpay"),
        ("เมือง", "mueang"),
        ("สุวรรณ", "suwan"),
        ("อภิสิทธิ์", "opisith"),
        ("แม่", "mae"),
    ],
)
def test_thai(word: str, expected: str) -> None:
    assert by_alphabet(word) == expected


def test_lao_has_the_same_places() -> None:
    assert lao("ລາວ") == "law"
