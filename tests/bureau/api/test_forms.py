"""A program can fill a form in, and show one, in its people's language."""

from tests.bureau.api.calling import problem, program
from tests.bureau.consoles import RunningConsole

from allpoints.bureau.mailbox.forms import CODES, FORMS


def test_every_form_with_its_fields_and_codes_in_a_language(console: RunningConsole) -> None:
    found = program(console).get("/forms?language=fr").json()
    forms = {form["name"]: form for form in found["forms"]}
    assert (found["language"], set(forms)) == ("fr", set(FORMS))
    urgent = forms["urgent-assistance"]
    assert (urgent["title"], urgent["answer"]) == ("Demande d’assistance urgente", "urgent-assistance-reply")
    [emergency] = [field for field in urgent["fields"] if field["name"] == "emergency"]
    assert (emergency["kind"], emergency["required"], emergency["many"]) == ("code", True, False)
    assert list(emergency["codes"]) == list(CODES["emergency"])
    assert all(meaning and meaning not in CODES["emergency"] for meaning in emergency["codes"].values())


def test_a_language_without_a_table_is_refused_with_those_there_are(console: RunningConsole) -> None:
    refused = problem(program(console).get("/forms?language=tlh"), 404)
    assert (refused["field"], refused["remedy"]) == ("language", "Choose one of en, fr, es, ar.")
