import csv
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Run

from allpoints.bureau import Client
from allpoints.errors import Unavailable

Member = Callable[..., list[str]]
_numbers = itertools.count(1)
MAPPING = ["--map", "Kennzeichen=plate", "--map", "Note=", "--set", "kind=vehicle", "--set", "reason=stolen"]


def upload(tmp_path: Path, rows: int, *more: str) -> Path:
    mark = f"cli-{next(_numbers)}-{tmp_path.name}"
    file = tmp_path / "cars.csv"
    lines = [f"{mark}-{n};ALB:CX{abs(hash((mark, n))) % 10**9};x" for n in range(rows)]
    file.write_text("\n".join(["reference;Kennzeichen;Note", *lines, *more]) + "\n")
    return file


def count(run: Run, who: list[str], file: Path) -> int:
    references = [line.split(";")[0] for line in file.read_text().splitlines()[1:]]
    return sum(len(run("records", "list", "--reference", r, "--json", *who).lines) for r in references if r)


def test_a_file_is_contributed_and_sending_it_again_doubles_nothing(
    run: Run, member: Member, tmp_path: Path
) -> None:
    who, file = member("ALB"), upload(tmp_path, 5)
    first = run("contribute", file, *MAPPING, "--json", *who)
    again = run("contribute", file, *MAPPING, "--json", *who)
    assert (first.status, again.status) == (0, 0)
    assert [line["id"] for line in first.lines] == [line["id"] for line in again.lines]
    assert count(run, who, file) == 5
    assert not (tmp_path / "cars.csv.refused.csv").exists()


def test_an_interrupted_upload_goes_on_where_it_stopped(
    run: Run, member: Member, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("allpoints.bureau.calls.corridor.MAX_LINES", 2)
    who, file = member("ALB"), upload(tmp_path, 5)
    send, sent = Client.send, itertools.count()

    def fail_at_the_third_slice(client: Client, call: Any) -> Any:
        if call.path.endswith("/bulk") and next(sent) == 2:
            raise Unavailable("the line is down")
        return send(client, call)

    with monkeypatch.context() as broken:
        broken.setattr(Client, "send", fail_at_the_third_slice)
        assert run("contribute", file, *MAPPING, *who).status == 4
    assert count(run, who, file) == 4
    assert run("contribute", file, *MAPPING, *who).status == 0
    assert count(run, who, file) == 5


def test_refused_lines_spare_the_others_and_are_reported_by_their_column(
    run: Run, member: Member, tmp_path: Path
) -> None:
    mark = tmp_path.name
    file = upload(tmp_path, 2, f"{mark}-a;QQQ:1;x", f"{mark}-b", ";ALB:CX1;x")
    ended = run("contribute", file, *MAPPING, "--json", *member("ALB"))
    assert ended.status == 1
    assert "2 records contributed, 3 lines refused." in ended.err
    assert "line 4, Kennzeichen: " in ended.err
    assert "line 6, reference: " in ended.err
    assert [line["line"] for line in ended.lines] == [2, 3, 4, 5, 6]
    with (tmp_path / "cars.csv.refused.csv").open(newline="") as report:
        rows = list(csv.DictReader(report))
    assert [(row["line"], row["field"]) for row in rows] == [
        ("4", "Kennzeichen"),
        ("5", ""),
        ("6", "reference"),
    ]
    assert all(row["detail"] and row["remedy"] for row in rows)


def test_a_report_goes_where_it_is_wanted_and_an_old_one_goes_away(
    run: Run, member: Member, tmp_path: Path
) -> None:
    who, report = member("ALB"), tmp_path / "report.csv"
    file = upload(tmp_path, 1, "x;QQQ:1;x")
    assert run("contribute", file, *MAPPING, "--report", report, *who).status == 1
    assert report.exists()
    assert run("contribute", upload(tmp_path, 1), *MAPPING, "--report", report, *who).status == 0
    assert not report.exists()


def test_people_are_contributed_and_a_name_that_is_none_is_refused_by_its_column(
    run: Run, member: Member, tmp_path: Path
) -> None:
    file, mark = tmp_path / "people.csv", tmp_path.name
    rows = (
        f"{mark}-1;Ծովինար Մելքոնյան;Սարգսյան;Tsov|Tsovik;12.3.1971;f;ARM|RUS",
        f"{mark}-2;Anna Bell;;Bee|😀;;;",
        f"{mark}-3;Anna Bell;;;03/04/1970;;",
        f"{mark}-4;Anna Bell;;;2970;;",
        f"{mark}-5;Anna Bell;;;;;ARM|QQQ",
    )
    file.write_text(
        "\n".join(("reference;Name;Maiden;Alias;Born;Sex;Nationality", *rows)), encoding="utf-8-sig"
    )
    who = member("ALB")
    ended = run("contribute", file, "--set", "kind=person", "--set", "reason=wanted", "--json", *who)
    assert [bool(line["id"]) for line in ended.lines] == [True, False, False, False, False]
    with (tmp_path / "people.csv.refused.csv").open(newline="") as report:
        assert [row["field"] for row in csv.DictReader(report)] == ["Alias", "Born", "Born", "Nationality"]
    [held] = run("records", "list", "--reference", f"{mark}-1", "--json", *who).lines
    assert held["particulars"]["names"] == [
        "Ծովինար Մելքոնյան",
        {"text": "Սարգսյան", "kind": "maiden"},
        {"text": "Tsov", "kind": "alias"},
        {"text": "Tsovik", "kind": "alias"},
    ]
    assert held["particulars"]["birth"] == "1971-03-12"
    shown = run("records", "show", held["id"], *who).out
    assert "maiden name" in shown
    assert "Tsov / Tsovik" in shown
    assert "Ծովինար Մելքոնյան" in run("records", "list", "--reference", f"{mark}-1", *who).out


def test_ndjson_is_the_hubs_own_form(run: Run, member: Member, tmp_path: Path) -> None:
    file = tmp_path / "records.ndjson"
    record = {
        "reference": f"nd-{tmp_path.name}",
        "kind": "firearm",
        "identifiers": [{"scheme": "firearm", "value": "Glock:17::ZXY998"}],
        "particulars": {"reason": "stolen"},
    }
    file.write_text(json.dumps(record) + '\n{"reference": "x", "kind": "ship"}\n')
    ended = run("contribute", file, "--json", *member("ALB"))
    assert ended.status == 1
    assert [bool(line["id"]) for line in ended.lines] == [True, False]
    assert "kind" in (tmp_path / "records.ndjson.refused.csv").read_text()
    assert run("contribute", file, "--set", "kind=vehicle", *member("ALB")).status == 2


def test_a_mapping_that_fits_nothing_is_refused_before_anything_is_sent(
    run: Run, member: Member, tmp_path: Path
) -> None:
    who, file = member("ALB"), upload(tmp_path, 1)
    assert "no field 'Kennzeichen'" in run("contribute", file, *who).err
    assert "has no =" in run("contribute", file, "--map", "Kennzeichen", *who).err
    assert "no column 'Plate'" in run("contribute", file, "--map", "Plate=plate", *who).err
    assert run("contribute", file, *MAPPING[:4], *who).err.startswith("kind: no column says it")
