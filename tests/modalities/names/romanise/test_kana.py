"""Kana by Hepburn."""

import pytest

from allpoints.modalities.names.romanise.kana import hepburn


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("ひろし", "hiroshi"),
        ("ジョンソン", "jonson"),
        ("マッチ", "matchi"),
        ("プーチン", "puuchin"),
        ("ティファニー", "tifanii"),
        ("ヴィクトリア", "vikutoria"),
        ("ウィリアム", "wiriamu"),
        ("シェリー", "sherii"),
        ("クァク", "kwaku"),
        ("みすゞ", "misuzu"),
        ("きゃりー", "kyarii"),
    ],
)
def test_hepburn(word: str, expected: str) -> None:
    assert hepburn(word) == expected
