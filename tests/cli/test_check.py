import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.corridors import contribution
from tests.hubs import RunningHub

from allpoints.records import (
    SCHEMES,
    Contribution,
    Name,
    NameKind,
    Particulars,
    Person,
    RecordKind,
)

TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
Member = Callable[..., list[str]]


@pytest.fixture(scope="module")
def passport(hub: RunningHub) -> str:
    """The specimen of Doc 9303, held by FRA."""
    held = contribution(("travel-document", "UTO:P:L898902C3"), reference="cli-specimen")
    with hub.operator("FRA") as client:
        client.contribute(held)
    with hub.client("ALB") as officer:
        deadline = time.monotonic() + 30
        from tests.corridors import evidence

        while not officer.check([evidence(("travel-document", "UTO:P:L898902C3"))]).hits:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    return TD3


def test_a_zone_is_found_however_it_comes(run: Run, member: Member, passport: str, tmp_path: Path) -> None:
    who = member("ALB", "officer")
    scan = tmp_path / "scan.txt"
    scan.write_text(passport)
    ways = (
        run("check", passport, *who),
        run("check", *passport.splitlines(), *who),
        run("check", "--file", scan, *who),
        run("check", *who, stdin=passport),
        run("check", "--file", "-", *who, stdin=passport),
    )
    for ended in ways:
        assert ended.status == 1
        assert "UTO:P:L898902C3" in ended.out
        assert "no proof of identity" in ended.out
        assert "expired on 2012-04-15" in ended.err


def test_a_wrong_check_digit_is_told_beside_the_hit(run: Run, member: Member, passport: str) -> None:
    ended = run("check", passport[:-1] + "5", *member("ALB", "officer"))
    assert ended.status == 1
    assert "check digit" in ended.err


def test_json_is_one_object_and_nothing_else(run: Run, member: Member, passport: str) -> None:
    ended = run("check", "--document", "UTO:P:L898902C3", "--json", *member("ALB", "officer"))
    [reply] = ended.lines
    assert "FRA" in [hit["owner"] for hit in reply["hits"]]
    assert reply["promise"]["signature"]


def test_no_hit_is_status_0(run: Run, member: Member) -> None:
    ended = run("check", "--document", "UTO:P:D00000000", *member("ALB", "officer"))
    assert ended.status == 0
    assert "No hit" in ended.out


def test_several_options_are_evidence_about_one_thing(run: Run, member: Member, passport: str) -> None:
    options = ["--document", "UTO:P:L898902C3", "--phone", "+355672120000", "--phone", "+355672120001"]
    ended = run("check", *options, "--json", *member("ALB", "officer"))
    assert len(ended.lines) == 1
    assert ended.status == 1


def test_there_is_an_option_for_every_scheme(run: Run) -> None:
    text = run("check", "--help").out
    assert [scheme.name for scheme in SCHEMES if f"--{scheme.name}" not in text] == []


def test_bad_evidence_is_refused_before_any_hub_is_asked(run: Run) -> None:
    """There is no profile here, so that anything else would complain about the hub."""
    assert run("check", "--plate", "QQQ:AA123").err.startswith("--plate: ")
    assert run("check", "P<UTO").err.startswith("mrz: ")
    assert run("check", stdin=" \n").err.startswith("mrz: is empty")
    assert run("check", stdin="x" * 5000).err.startswith("mrz: is too long")
    assert run("check", "--confusable", "--phone", "+355672120000").err.startswith("--confusable: ")
    assert run("check", "--many", "x", "--phone", "+355672120000").err.startswith("--many: ")
    assert run("check", *(["--phone", "+355672120000"] * 25)).err.startswith("check: ")


@pytest.fixture(scope="module")
def people(hub: RunningHub) -> None:
    """Somebody whom ITA looks for under a Kazakh name, and who travels with the specimen of Doc 9303."""
    mark = time.time_ns()
    wanted = {
        f"cli-aliyev-{mark}": Particulars(
            reason="wanted", names=("Мұхаммед Тілеуғалиев",), birth="1970-12-03", nationalities=("KAZ",)
        ),
        f"cli-eriksson-{mark}": Particulars(
            reason="wanted",
            names=("ERIKSSON, Anna Maria", Name(text="Anka", kind=NameKind.WEAK_ALIAS)),
            birth="1974-08-12",
            sex="F",
        ),
    }
    with hub.operator("ITA") as client:
        for reference, particulars in wanted.items():
            client.contribute(
                Contribution(
                    reference=reference, kind=RecordKind.PERSON, identifiers=(), particulars=particulars
                )
            )
    with hub.client("ALB") as officer:
        deadline = time.monotonic() + 20
        while not all(officer.check([Person(names=p.names, birth=p.birth)]).hits for p in wanted.values()):
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.mark.usefixtures("people")
def test_a_person_is_found_in_another_script_with_a_reason_and_a_strength(run: Run, member: Member) -> None:
    asked = ["--name", "Mohammed Tileugaliyev", "--born", "1970-03-12", "--nationality", "KAZ"]
    ended = run("check", *asked, *member("ALB", "officer"))
    assert ended.status == 1
    text = " ".join(ended.out.replace("│", " ").split())
    for said in ("WANTED: person", "Мұхаммед Тілеуғалиев", "day and month swapped", "support that both are"):
        assert said in text
    assert "no proof of identity" in text
    assert "compared" not in text
    explained = run("check", *asked, "--explain", *member("ALB", "officer")).out
    assert "on record" in explained


@pytest.mark.usefixtures("people")
def test_json_has_the_strength_and_the_table_behind_it(run: Run, member: Member) -> None:
    ended = run(
        "check", "--family", "Tileugaliyev", "--given", "Muhammed", "--born", "1970", "--json", *member("ALB")
    )
    best = ended.lines[0]["hits"][0]
    assert best["particulars"]["names"] == ["Мұхаммед Тілеуғалиев"]
    assert best["match"]["llr"] > 1
    assert best["match"]["findings"]


@pytest.mark.usefixtures("people")
def test_a_zone_asks_for_the_document_and_its_holder(run: Run, member: Member, passport: str) -> None:
    reply = run("check", passport, "--json", *member("ALB", "officer")).lines[0]
    found = {(hit["kind"], hit["owner"]) for hit in reply["hits"]}
    assert {("item", "FRA"), ("person", "ITA")} <= found


@pytest.mark.usefixtures("people")
def test_a_person_who_contradicts_the_record_is_not_found(run: Run, member: Member) -> None:
    ended = run(
        "check", "--name", "Mohammed Tileugaliyev", "--born", "1999-01-31", "--sex", "F", *member("ALB")
    )
    assert "day and month swapped" not in ended.out
    other = run("check", "--name", "Ingeborg Vandersteen", "--born", "1970-12-03", *member("ALB"))
    assert (other.status, "No hit" in other.out) == (0, True)


def test_one_letter_is_answered_without_a_flood(run: Run, member: Member) -> None:
    ended = run("check", "--name", "X", "--json", *member("ALB"))
    assert ended.status in (0, 1, 2)
    assert not ended.lines or len(ended.lines[0]["hits"]) <= 100


@pytest.mark.usefixtures("people")
def test_a_list_of_people_is_checked(run: Run, member: Member, tmp_path: Path) -> None:
    file = tmp_path / "passengers.csv"
    file.write_text(
        "\ufeffFamily;Given;Born;Sex\nТілеуғалиев;Мұхаммед;1970-12-03;m\n"
        "Vandersteen;Ingeborg;1961-01-31;\n;😀;;\nX;Y;2999;\n"
    )
    ended = run("check", "--many", file, "--json", *member("ALB", "analyst"))
    assert [(line["line"], bool(line["hits"]), bool(line["error"])) for line in ended.lines] == [
        (2, True, False),
        (3, False, False),
        (4, False, True),
        (5, False, True),
    ]
    table = " ".join(run("check", "--many", file, *member("ALB", "analyst")).out.split())
    assert "WANTED: person" in table


def test_a_role_that_may_not_check_is_refused(run: Run, member: Member) -> None:
    ended = run("check", "--plate", "ALB:AA1", *member("ALB", "administrator"))
    assert ended.status == 3
    assert "not open to role administrator" in ended.err


def test_a_file_of_many_is_answered_line_by_line(
    run: Run, member: Member, passport: str, tmp_path: Path
) -> None:
    file = tmp_path / "many.csv"
    rows = ["scheme,value", "plate,ALB:ZZ1", "travel-document,UTO:P:L898902C3", "nonsense,x", "plate,QQQ:1"]
    file.write_text("\n".join(rows))
    who = member("ALB", "analyst")
    ended = run("check", "--many", file, "--json", *who)
    assert ended.status == 1
    assert [line["line"] for line in ended.lines] == [2, 3, 4, 5]
    assert [bool(line["hits"]) for line in ended.lines] == [False, True, False, False]
    assert [bool(line["error"]) for line in ended.lines] == [False, False, True, True]
    assert "4 checked: 1 with hits, 2 refused." in ended.err
    table = " ".join(run("check", "--many", file, *who).out.split())
    assert "STOLEN: item" in table
    assert "refused: there is no" in table
    assert "ZZ1" not in table


def test_a_file_without_hits_but_with_bad_lines_is_bad_input(
    run: Run, member: Member, tmp_path: Path
) -> None:
    file = tmp_path / "many.ndjson"
    good = {"evidence": [{"kind": "identifier", "scheme": "plate", "value": "ALB:ZZ1"}]}
    file.write_text(json.dumps(good) + "\n{}\n")
    assert run("check", "--many", file, *member("ALB", "analyst")).status == 2
    file.write_text(json.dumps(good))
    assert run("check", "--many", file, *member("ALB", "analyst")).status == 0


def test_zones_with_empty_lines_between_them_are_many(
    run: Run, member: Member, passport: str, tmp_path: Path
) -> None:
    file = tmp_path / "scans.txt"
    file.write_text(f"{passport}\n\n\n{passport}\n\nnonsense\n")
    ended = run("check", "--many", file, "--json", *member("ALB", "analyst"))
    assert [(line["line"], bool(line["hits"])) for line in ended.lines] == [(1, True), (5, True), (8, False)]
