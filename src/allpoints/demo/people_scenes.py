"""What happens with people: found in other scripts, told apart, read from a passport, known to two bureaus."""

import time

from allpoints.bureau import Client
from allpoints.demo.expecting import NotAsTold, until
from allpoints.demo.planted_people import (
    COMMON,
    COMMON_REFERENCES,
    CUT_ZONE,
    LINKED,
    QUESTIONS,
    SWAPPED_DATE,
    TWINS,
    Question,
)
from allpoints.demo.screen import Screen
from allpoints.records.evidence import MrzEvidence
from allpoints.records.people import Person
from allpoints.wire.corridor import CheckReply, Decision, Hit

CLEARLY = 2.0
"""By how much the LLR of the right person is above that of somebody like them: a hundred times."""
LITTLE = 2.0
"""What a very common name alone stays below."""
_COLUMNS = ("asked", "found", "why", "LLR")


class PeopleScenes:
    """The part of the story that is about people."""

    def __init__(self, screen: Screen, ids: dict[str, int]) -> None:
        self._screen = screen
        self._ids = ids

    def ask_in_latin_letters(self, border: Client) -> None:
        """Names in Latin letters find records in other scripts."""
        self._screen.step("A name in Latin letters finds people who are recorded in other scripts")
        self._screen.raw(f"ALB asks: {_asked(SWAPPED_DATE.asked)}")
        self._screen.hits([self._first(border, SWAPPED_DATE)])
        began = time.perf_counter()
        found = [(question, self._first(border, question)) for question in QUESTIONS]
        took = 1_000 * (time.perf_counter() - began) / len(found)
        self._screen.say(f"{len(found)} more, each found first, in {took:.1f} ms on average:")
        self._screen.table(
            ("asked", "found", "what is hard about it", "LLR"),
            [(_asked(q.asked), _name(hit), q.shows, _llr(hit)) for q, hit in found],
        )

    def tell_apart(self, border: Client) -> None:
        """People who are easily taken for each other are not."""
        self._screen.step("People who are easily taken for each other")
        rows = []
        for question, other in TWINS:
            reply = border.check([question.asked])
            right, wrong = self._hit(reply, question.finds), self._hit(reply, other)
            if right is None or (wrong is not None and _number(wrong) > _number(right) - CLEARLY):
                raise NotAsTold(f"{question.finds} should be found well before {other}")
            rows += [
                (_asked(question.asked), _name(hit), _why(hit), _llr(hit)) for hit in (right, wrong) if hit
            ]
        self._screen.table(_COLUMNS, rows)
        reply = border.check([COMMON])
        strongest = max((_number(hit) for hit in reply.hits), default=0.0)
        if any(self._hit(reply, reference) is None for reference in COMMON_REFERENCES) or strongest >= LITTLE:
            raise NotAsTold("a very common name should find its bearers, none of them strongly")
        self._screen.say(
            f"{_asked(COMMON)}, a very common name without more: {len(reply.hits)} records, none with "
            f"an LLR above {strongest:.1f}. A name alone identifies nobody."
        )

    def read_a_cut_name(self, border: Client) -> None:
        """One reading of a passport asks for the document and for its holder."""
        self._screen.step("One reading: the passport is stolen, and its holder is wanted")
        self._screen.raw(CUT_ZONE)
        reply = border.check([MrzEvidence(CUT_ZONE)])
        shown = [self._hit(reply, reference) for reference in ("UTO-CUT-PASSPORT", "FRA-CUT-NAME")]
        self._screen.hits([hit for hit in shown if hit])
        if None in shown:
            raise NotAsTold("the zone should find the passport and its holder")
        for note in reply.notes:
            self._screen.say(f"Note: {note}.")

    def link(self, analyst: Client, operator: Client) -> None:
        """One person in two bureaus' files: found without a question, decided by the owners."""
        self._screen.step("One person in two bureaus' files, in two scripts")
        own, other = (self._ids[reference] for reference in LINKED)
        [link, *_] = until(
            lambda: [
                link for link in analyst.links().items if link.record == own and link.other.record == other
            ]
        )
        held = operator.record(own).particulars
        name = str(held.names[0]) if held else ""
        self._screen.say(f"ALB's record {own}, {name}, and this one agree in {', '.join(link.agreements)}:")
        self._screen.hits([link.other])
        decided = operator.decide_link(link.id, Decision.SAME)
        if decided.decision is not Decision.SAME:
            raise NotAsTold("the link could not be decided")
        self._screen.say("ALB says that both are about the same person. FRA sees that; nothing is merged.")

    def _first(self, border: Client, question: Question) -> Hit:
        """The hit that comes first. Raises `NotAsTold` where that is not the one that it should be."""
        reply = border.check([question.asked])
        if not reply.hits or reply.hits[0].record != self._ids[question.finds]:
            raise NotAsTold(f"{_asked(question.asked)} should find {question.finds} first")
        return reply.hits[0]

    def _hit(self, reply: CheckReply, reference: str) -> Hit | None:
        return next((hit for hit in reply.hits if hit.record == self._ids[reference]), None)


def _asked(person: Person) -> str:
    return ", ".join(filter(None, (*map(str, person.names), person.birth)))


def _name(hit: Hit) -> str:
    return str(hit.particulars.names[0]) if hit.particulars else ""


def _why(hit: Hit) -> str:
    return "; ".join(hit.match.explanation)


def _number(hit: Hit) -> float:
    return 0.0 if hit.match.llr is None else hit.match.llr


def _llr(hit: Hit) -> str:
    return f"{_number(hit):.1f}"
