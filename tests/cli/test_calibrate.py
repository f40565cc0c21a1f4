import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.cli.conftest import Run

from allpoints.cli import calibrate
from allpoints.errors import InvalidValue
from allpoints.likelihood import Calibration
from allpoints.modalities import UNKNOWN_POPULATION, Comparison, Explanation, Population

SAME, DIFFERENT = "one coin", "two coins"


class Coin(msgspec.Struct, frozen=True, tag_field="kind", tag="coin", forbid_unknown_fields=True):
    """Evidence of a made-up kind: a weight."""

    weight: float


class Coins:
    """Its modality: the nearer the weights, the higher the score. `trust` is what its LLRs are multiplied with."""

    name = "coins"
    trust = 0.0

    def encode(self, evidence: Coin) -> float:
        if evidence.weight <= 0:
            raise InvalidValue("weighs nothing", field="weight", remedy="Weigh it again.")
        return evidence.weight

    def compare(
        self, probe: float, reference: float, population: Population = UNKNOWN_POPULATION
    ) -> Comparison:
        score = -abs(probe - reference)
        return Comparison(score, self.trust * (score + 1))

    def explain(
        self, probe: float, reference: float, population: Population = UNKNOWN_POPULATION
    ) -> Explanation:
        return Explanation(
            comparison=self.compare(probe, reference), same=SAME, different=DIFFERENT, findings=()
        )

    def examples(self) -> tuple[Coin, ...]:
        return (Coin(10.0), Coin(20.0))


Lines = list[dict[str, Any]]


@pytest.fixture
def coins(monkeypatch: pytest.MonkeyPatch) -> Coins:
    modality = Coins()
    monkeypatch.setattr(calibrate, "MODALITIES", (modality,))
    return modality


def pairs(number: int = 300, seed: int = 1) -> Lines:
    """Two weighings of one coin differ by a hair, those of two coins by more."""
    draw = random.Random(seed)

    def coin(weight: float) -> dict[str, Any]:
        return {"kind": "coin", "weight": weight}

    lines = []
    for source in range(number):
        weight = draw.uniform(20, 30)
        for same, spread in ((True, 0.7), (False, 3)):
            other = draw.gauss(weight, spread)
            lines.append(
                {"probe": coin(weight), "reference": coin(other), "same": same, "source": f"c{source}"}
            )
    return lines


@pytest.fixture
def file(tmp_path: Path) -> Callable[[Lines], Path]:
    def write(lines: Lines) -> Path:
        path = tmp_path / "pairs.ndjson"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return path

    return write


def made(run: Run, pairs_file: Path, out: Path) -> Calibration:
    assert run("calibrate", "coins", "--pairs", pairs_file, "--out", out).status == 0
    return Calibration.decode((out / "calibration.json").read_bytes())


def test_pairs_become_a_calibration_and_pictures(
    run: Run, coins: Coins, file: Callable[[Lines], Path], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    calibration = made(run, file(pairs()), out)
    assert calibration.modality == "coins"
    assert (calibration.propositions.same, calibration.propositions.different) == (SAME, DIFFERENT)
    assert "pairs.ndjson" in calibration.propositions.population
    assert (calibration.provenance.same, calibration.provenance.different) == (300, 300)
    assert calibration.llr(-0.1) > 0 > calibration.llr(-4)
    pictures = {path.name for path in out.iterdir()} - {"calibration.json"}
    assert pictures == {"reliability.png", "tippett.png", "cross-entropy.png"}
    assert all((out / name).read_bytes().startswith(b"\x89PNG") for name in pictures)


def test_the_digest_is_that_of_the_file(
    run: Run, coins: Coins, file: Callable[[Lines], Path], tmp_path: Path
) -> None:
    from hashlib import sha256

    path = file(pairs())
    (data,) = made(run, path, tmp_path / "out").provenance.data
    assert data.digest == "sha256:" + sha256(path.read_bytes()).hexdigest()


def test_the_population_is_named(
    run: Run, coins: Coins, file: Callable[[Lines], Path], tmp_path: Path
) -> None:
    said = ("--population", "coins of one hoard")
    run("calibrate", "coins", "--pairs", file(pairs()), "--out", tmp_path, *said)
    calibration = Calibration.decode((tmp_path / "calibration.json").read_bytes())
    assert calibration.propositions.population == "coins of one hoard"


def test_what_was_measured_is_shown_with_its_words(
    run: Run, coins: Coins, file: Callable[[Lines], Path], tmp_path: Path
) -> None:
    ended = run("calibrate", "coins", "--pairs", file(pairs()), "--out", tmp_path / "out")
    for word in ("Cllr_min", "EER", "calibration error", "FMR", "FNMR", "moderate support", "of 300 sources"):
        assert word in ended.out


def in_use(monkeypatch: pytest.MonkeyPatch, calibration: Calibration) -> None:
    monkeypatch.setattr(calibrate, "load", lambda package: calibration)


def test_a_calibration_that_holds_on_other_pairs_passes(
    run: Run, coins: Coins, file: Callable[[Lines], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calibration = made(run, file(pairs(seed=2)), tmp_path / "out")
    in_use(monkeypatch, calibration)
    monkeypatch.setattr(
        coins, "compare", lambda p, r, population=None: Comparison(0, calibration.llr(-abs(p - r)))
    )
    ended = run("calibrate", "coins", "--pairs", file(pairs(3_000, seed=3)), "--check", "--tolerance", 0.06)
    assert ended.status == 0, ended.err
    assert calibration.version in ended.err


def test_a_calibration_that_does_not_hold_fails_with_its_error(
    run: Run, coins: Coins, file: Callable[[Lines], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_use(monkeypatch, made(run, file(pairs()), tmp_path / "out"))
    coins.trust = -1.0
    ended = run("calibrate", "coins", "--pairs", file(pairs(seed=4)), "--check")
    assert ended.status == 1
    assert "does not hold: its calibration error on these pairs is 0." in ended.err.replace("\n", " ")


def test_an_llr_beyond_the_bounds_is_a_defect_that_a_check_finds(
    run: Run, coins: Coins, file: Callable[[Lines], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_use(monkeypatch, made(run, file(pairs()), tmp_path / "out"))
    coins.trust = 50.0
    ended = run("calibrate", "coins", "--pairs", file(pairs()), "--check", "--tolerance", 1)
    assert ended.status == 1
    assert "beyond the bounds" in ended.err.replace("\n", " ")


def test_a_modality_without_a_calibration_cannot_be_checked(
    run: Run, coins: Coins, file: Callable[[Lines], Path]
) -> None:
    ended = run("calibrate", "coins", "--pairs", file(pairs()), "--check")
    assert ended.status == 2
    assert "calibration" in ended.err


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"same": "yes"}, "same"),
        ({"source": ""}, "source"),
        ({"probe": {"kind": "coin", "weight": "heavy"}}, "probe.weight"),
        ({"reference": {"kind": "coin", "weight": -1}}, "reference.weight"),
        ({"comment": "?"}, "comment"),
    ],
)
def test_a_bad_line_is_named_with_its_field(
    run: Run,
    coins: Coins,
    file: Callable[[Lines], Path],
    tmp_path: Path,
    change: dict[str, Any],
    field: str,
) -> None:
    lines = pairs()
    lines[6] |= change
    ended = run("calibrate", "coins", "--pairs", file(lines), "--out", tmp_path / "out")
    assert ended.status == 2
    assert "line 7: " in ended.err
    assert field in ended.err
    assert "1 lines were refused" in ended.err
    assert not (tmp_path / "out").exists()


def test_reading_stops_after_many_bad_lines(
    run: Run, coins: Coins, file: Callable[[Lines], Path], tmp_path: Path
) -> None:
    ended = run("calibrate", "coins", "--pairs", file([{"same": 1}] * 5_000), "--out", tmp_path / "out")
    assert ended.status == 2
    assert f"{calibrate.MAX_REFUSED} lines were refused" in ended.err


def test_too_few_sources_are_refused(
    run: Run, coins: Coins, file: Callable[[Lines], Path], tmp_path: Path
) -> None:
    ended = run("calibrate", "coins", "--pairs", file(pairs(10)), "--out", tmp_path / "out")
    assert ended.status == 2
    assert "at least 20 are needed" in ended.err


def test_pairs_of_a_group_count_as_one(
    run: Run, coins: Coins, file: Callable[[Lines], Path], tmp_path: Path
) -> None:
    lines = [line | {"group": "one hoard"} for line in pairs()]
    ended = run("calibrate", "coins", "--pairs", file(lines), "--out", tmp_path / "out")
    assert ended.status == 2
    assert "of 1 sources" in ended.err


def test_an_empty_file_is_refused(
    run: Run, coins: Coins, file: Callable[[Lines], Path], tmp_path: Path
) -> None:
    ended = run("calibrate", "coins", "--pairs", file([]), "--out", tmp_path / "out")
    assert ended.status == 2
    assert "no pairs" in ended.err


def test_an_unknown_modality_names_those_there_are(run: Run, file: Callable[[Lines], Path]) -> None:
    ended = run("calibrate", "smells", "--pairs", file([]), "--check")
    assert ended.status == 2
    assert "identifiers" in ended.err


def test_a_modality_whose_evidence_is_no_json_says_so(
    run: Run, file: Callable[[Lines], Path], tmp_path: Path
) -> None:
    ended = run("calibrate", "identifiers", "--pairs", file([]), "--out", tmp_path / "out")
    assert ended.status == 2
    assert "cannot be read from JSON" in ended.err


def test_without_a_folder_nothing_is_compared(run: Run, coins: Coins, file: Callable[[Lines], Path]) -> None:
    ended = run("calibrate", "coins", "--pairs", file(pairs()))
    assert ended.status == 2
    assert "--out" in ended.err


def test_interrupted_it_leaves_nothing_behind(
    run: Run, coins: Coins, file: Callable[[Lines], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(coins, "compare", interrupt)
    ended = run("calibrate", "coins", "--pairs", file(pairs()), "--out", tmp_path / "out")
    assert ended.status == 130
    assert not (tmp_path / "out").exists()
