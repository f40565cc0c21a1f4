"""What makes two records a link."""

import pytest

from allpoints.access import Compared, Match
from allpoints.hits import agreeing
from allpoints.records import Identifier
from allpoints.store.linking import Linkable


@pytest.mark.parametrize(
    ("outcome", "weight", "linked"),
    [
        ("compatible", -0.3, False),
        ("compatible", 0.2, False),
        ("equal", 0.5, True),
        ("different", 2.0, False),
    ],
)
def test_only_what_clearly_agrees_supports_a_link(
    monkeypatch: pytest.MonkeyPatch, outcome: str, weight: float, linked: bool
) -> None:
    born = Compared("born", "1975-04-08", "1975-11-20", outcome, "", weight)
    match = Match(modality="names", agreement="name", findings=(born,), llr=5.0)
    monkeypatch.setattr(agreeing, "template_matches", lambda probes, stored: [match])
    assert (agreeing.one_source("names", (), ()) is not None) is linked


def test_a_pair_that_cannot_be_compared_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    plate = (Identifier("plate", "ALB:AA123BC"),)
    broken = {"names": (b"",)}
    records = {
        1: Linkable(1, "ITA", (), "criminal-investigation", broken),
        2: Linkable(2, "FRA", (), "criminal-investigation", broken),
        3: Linkable(3, "ITA", plate, "criminal-investigation"),
        4: Linkable(4, "FRA", plate, "criminal-investigation"),
    }

    def defect(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(agreeing, "one_source", defect)
    [link] = agreeing.links_between({(1, 2), (4, 3)}, records)
    assert (link.record_a, link.record_b, link.scheme) == (3, 4, "plate")
