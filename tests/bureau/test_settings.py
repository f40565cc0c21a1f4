"""What the operator of a node sets, in a file or in variables, and how a wrong value is refused."""

from pathlib import Path

import pytest

from allpoints.bureau.settings import BureauSettings, HubLine, bureau_settings
from allpoints.errors import InvalidValue, MalformedInput

HUBS = """
code = "ALB"
port = 9000

[[hubs]]
name = "europe"
url = "https://hub.example"
vkey = ""

[[hubs]]
name = "asia"
url = "https://asia.example"
ca = "/etc/asia.pem"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bureau.toml").write_text(HUBS)
    return tmp_path


def test_without_file_and_variables_everything_has_its_default() -> None:
    assert bureau_settings(environment={}) == BureauSettings()


def test_the_file_lists_the_hubs(folder: Path) -> None:
    settings = bureau_settings(folder, {})
    assert settings.hubs == (
        HubLine(name="europe", url="https://hub.example"),
        HubLine(name="asia", url="https://asia.example", ca=Path("/etc/asia.pem")),
    )
    assert (settings.code, settings.port, settings.data) == ("ALB", 9000, folder)


def test_a_variable_goes_before_the_file(folder: Path) -> None:
    settings = bureau_settings(
        environment={
            "ALLPOINTS_BUREAU_DATA": str(folder),
            "ALLPOINTS_BUREAU_PORT": "9001",
            "ALLPOINTS_BUREAU_HUBS": '[{"name": "one", "url": "http://127.0.0.1:1"}]',
            "ALLPOINTS_BUREAU_FOUR_EYES": "[]",
            "ALLPOINTS_BUREAU_NAME": "",
            "ALLPOINTS_PORT": "1",
        }
    )
    assert (settings.code, settings.port, settings.four_eyes) == ("ALB", 9001, ())
    assert settings.hubs == (HubLine(name="one", url="http://127.0.0.1:1"),)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "http"),
        ("PORT", "70000"),
        ("IDLE_MINUTES", "0"),
        ("SESSION_HOURS", "1000"),
        ("CODE", "QQQ"),
        ("HUBS", "hub.example"),
        ("HUBS", '[{"name": "Europe", "url": "https://hub.example"}]'),
        ("HUBS", '[{"name": "a", "url": "https://a.example"}, {"name": "a", "url": "https://b.example"}]'),
        ("HUBS", '[{"name": "a", "url": "ftp://a.example"}]'),
        ("HUBS", '[{"name": "a"}]'),
        ("FOUR_EYES", "rotate-key"),
        ("SYNTHETIC", "perhaps"),
        ("OPENID_ISSUER", "https://provider.example"),
        ("TLS_KEY", "/etc/some.pem"),
    ],
)
def test_a_wrong_variable_is_refused_by_its_name(variable: str, value: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        bureau_settings(environment={f"ALLPOINTS_BUREAU_{variable}": value})
    assert "ALLPOINTS_BUREAU_" in str(refused.value.field) or "bureau.toml" in str(refused.value.field)
    assert variable.lower().partition("_")[0] in str(refused.value.field).lower()


@pytest.mark.parametrize("line", ['port = "many"', 'colour = "red"', "port = 0", '[[hubs]]\nname = "x"'])
def test_a_wrong_line_is_refused_by_its_file(tmp_path: Path, line: str) -> None:
    (tmp_path / "bureau.toml").write_text(line)
    with pytest.raises(InvalidValue) as refused:
        bureau_settings(tmp_path, {})
    assert "bureau.toml" in str(refused.value.field)


def test_what_is_no_toml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bureau.toml").write_text("port = = 1")
    with pytest.raises(MalformedInput):
        bureau_settings(tmp_path, {})


@pytest.mark.parametrize(
    ("settings", "url", "host"),
    [
        (BureauSettings(), "http://127.0.0.1:8450", "127.0.0.1"),
        (BureauSettings(tls_certificate=Path("c"), tls_key=Path("k")), "https://127.0.0.1:8450", "127.0.0.1"),
        (BureauSettings(public_url="https://ncb.example/"), "https://ncb.example", "ncb.example"),
    ],
)
def test_the_public_address_is_the_one_that_people_see(settings: BureauSettings, url: str, host: str) -> None:
    assert (settings.url, settings.public_host) == (url, host)


@pytest.mark.parametrize(
    ("issuer", "good"),
    [
        ("https://provider.example", True),
        ("http://127.0.0.1:9000", True),
        ("http://provider.example", False),
        ("provider.example", False),
    ],
)
def test_a_provider_answers_over_a_line_that_nobody_can_change(issuer: str, good: bool) -> None:
    said = {"OPENID_ISSUER": issuer, "OPENID_CLIENT": "node", "OPENID_SECRET_FILE": "/etc/secret"}
    environment = {f"ALLPOINTS_BUREAU_{name}": value for name, value in said.items()}
    if good:
        assert bureau_settings(environment=environment).openid_issuer == issuer
    else:
        with pytest.raises(InvalidValue, match="https"):
            bureau_settings(environment=environment)
