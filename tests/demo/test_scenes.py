"""What a scene asks."""

from allpoints.demo.scenes import identifier


def test_an_identifier_is_asked_for_as_typed() -> None:
    assert identifier("plate", "UTO:UT-7007-DS").value == "UTO:UT-7007-DS"
