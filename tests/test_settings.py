"""What an operator sets, and how a wrong value is refused."""

from pathlib import Path

import pytest

from allpoints.errors import InvalidValue
from allpoints.settings import HubSettings, hub_settings


def test_without_variables_everything_has_its_default() -> None:
    assert hub_settings({}) == HubSettings()


def test_an_empty_variable_is_as_good_as_none() -> None:
    assert hub_settings({"ALLPOINTS_PORT": ""}).port == HubSettings().port


def test_values_are_read_as_what_they_are() -> None:
    settings = hub_settings(
        {"ALLPOINTS_DATA": "~/hub", "ALLPOINTS_WORKERS": "4", "ALLPOINTS_SYNTHETIC": "true", "PATH": "/bin"}
    )
    assert (settings.data, settings.workers, settings.synthetic) == (Path("~/hub").expanduser(), 4, True)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ALLPOINTS_PORT", "http"),
        ("ALLPOINTS_PORT", "70000"),
        ("ALLPOINTS_WORKERS", "0"),
        ("ALLPOINTS_QUOTA_PER_S", "-1"),
        ("ALLPOINTS_GRACE_DAYS", "4000"),
        ("ALLPOINTS_SYNTHETIC", "perhaps"),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(variable: str, value: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        hub_settings({variable: value})
    assert refused.value.field == variable


@pytest.mark.parametrize("variable", ["ALLPOINTS_TLS_CERTIFICATE", "ALLPOINTS_TLS_KEY"])
def test_certificate_and_key_come_together(variable: str) -> None:
    with pytest.raises(InvalidValue, match="together"):
        hub_settings({variable: "/etc/some.pem"})


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({}, "http://127.0.0.1:8440"),
        ({"ALLPOINTS_PORT": "9000"}, "http://127.0.0.1:9000"),
        (
            {"ALLPOINTS_TLS_CERTIFICATE": "/c.pem", "ALLPOINTS_TLS_KEY": "/k.pem"},
            "https://127.0.0.1:8440",
        ),
        ({"ALLPOINTS_PUBLIC_URL": "https://hub.example/"}, "https://hub.example"),
    ],
)
def test_the_public_address_is_the_one_that_bureaus_see(given: dict[str, str], url: str) -> None:
    assert hub_settings(given).url == url
