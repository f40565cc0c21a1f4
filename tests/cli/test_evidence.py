"""What was asked, in a word."""

from allpoints.cli.evidence import written
from allpoints.formats.typed_evidence import zone
from allpoints.records.evidence import MrzEvidence

SPECIMEN = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"


def test_a_zone_is_named_by_its_document() -> None:
    assert written(zone(SPECIMEN)) == "MRZ L898902C3"
    assert written(MrzEvidence("P<UTO")) == "MRZ"
