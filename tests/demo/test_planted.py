"""The planted cases."""

from datetime import date

from allpoints.demo import planted
from allpoints.demo.planted import SPECIMEN_ZONE
from allpoints.records import RawIdentifier, checked_record, matches, parse_identifier, parse_pattern

TODAY = date(2026, 1, 1)
CASES = {case.reference: case for code in ("UTO", "ALB", "FRA") for case in planted.planted(code)}


def test_the_specimen_is_the_one_printed_in_doc_9303_part_4() -> None:
    assert SPECIMEN_ZONE == (
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
    )


def test_every_case_of_the_table_is_planted_and_can_be_contributed() -> None:
    named = {name for name in planted.__doc__.split("`") if name[:4] in ("UTO-", "ALB-", "FRA-")}
    assert named == set(CASES)
    for reference, case in CASES.items():
        checked_record(case, owner=reference[:3], today=TODAY)
        assert case.particulars.synthetic


def test_the_filed_pistol_matches_what_can_still_be_read() -> None:
    pattern = parse_pattern(
        RawIdentifier("firearm", planted.FILED_PISTOL_AS_FOUND), field="serial", confusable=True
    )
    held = parse_identifier(RawIdentifier("firearm", planted.FILED_PISTOL), field="firearm")
    assert not held.verified
    assert matches(pattern, held.value) is not None


def test_the_car_and_the_phone_stand_in_two_bureaus_files() -> None:
    def values(reference: str) -> set[RawIdentifier]:
        return set(CASES[reference].identifiers)

    assert values("FRA-STOLEN-CAR") & values("ALB-SEEN-CAR")
    assert values("FRA-PHONE") & values("UTO-PHONE")
