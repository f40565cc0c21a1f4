"""Travel documents with valid machine-readable zones."""

from datetime import date

from allpoints.demo import documents
from allpoints.demo.draw import draw
from allpoints.demo.people import person
from allpoints.formats import mrz
from allpoints.records import RawIdentifier, parse_identifier

TODAY = date(2026, 1, 1)


def test_a_check_of_the_zone_asks_for_the_documents_identifier() -> None:
    formats = set()
    for number in range(400):
        chance = draw("seed", number)
        holder = person(chance, "DEU", "seed")
        document = documents.travel_document(chance, holder)
        zone = mrz.parse(documents.zone(document), today=TODAY)
        assert zone.valid
        assert not zone.warnings
        asked = f"{zone.issuing_state}:{zone.document_code}:{zone.document_number}"
        held = parse_identifier(documents.identifier(document), field="held")
        assert parse_identifier(RawIdentifier("travel-document", asked), field="asked") == held
        formats.add(zone.format)
    assert formats == {"TD1", "TD2", "TD3", "MRV-A", "MRV-B"}


def test_germany_is_a_bare_d_in_a_zone() -> None:
    assert documents.in_zone("DEU") == "D"
    assert documents.in_zone("ALB") == "ALB"


def test_a_national_number_names_its_state() -> None:
    holder = person(draw("seed"), "ALB", "seed")
    assert documents.national_number(draw("seed"), holder).value.startswith(f"{holder.nationality}:")
