"""What places and states are called."""

import pytest

from allpoints.modalities.names.gazetteer import compatible, state_called, state_code, town_called


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Uzbekistan", "UZB"),
        ("Узбекистан", "UZB"),
        ("Deutschland", "DEU"),
        ("ایران", "IRN"),
        ("日本", "JPN"),
        ("Iran, Islamic Republic of", "IRN"),
        ("South Korea", "KOR"),
        ("North Korea", "PRK"),
        ("USSR", "SUN"),
        ("Burma", "MMR"),
        ("Korea", ""),
        ("Atlantis", ""),
        ("", ""),
    ],
)
def test_a_state_is_known_in_many_languages(name: str, code: str) -> None:
    assert state_called(name) == code


def test_towns_are_known_by_their_other_names() -> None:
    assert town_called("leningrad") == town_called("санкт петербург") == town_called("saint petersburg")
    assert town_called("springfield") == "springfield"


def test_a_code_means_its_state_and_some_mean_none() -> None:
    assert [state_code(code) for code in ("D", "GBN", "BUR", "ALB", "XXB")] == [
        "DEU",
        "GBR",
        "MMR",
        "ALB",
        "",
    ]


def test_former_states_and_territories_are_compatible_with_what_they_became() -> None:
    assert compatible("SUN", "KAZ")
    assert compatible("HKG", "CHN")
    assert not compatible("FRA", "DEU")
