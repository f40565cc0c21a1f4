"""What happens with fingerprints and faces: the machine proposes, two examiners decide, the owner is told."""

from collections.abc import Callable

from allpoints.bureau import Client
from allpoints.demo.expecting import NotAsTold, until
from allpoints.demo.planted_biometrics import CARD, at_the_gate, mark
from allpoints.demo.screen import Screen
from allpoints.records import Biometric
from allpoints.wire.corridor import (
    CandidateComparison,
    CandidateOutcome,
    CheckReply,
    ExaminationState,
    ExaminerDecision,
    Hit,
    Notification,
)

EXAMINERS = ("alb-examiner-7", "alb-examiner-8")
REASON = "Compared minutia by minutia: position, direction and order agree, and nothing is unexplained."


class BiometricScenes:
    """The part of the story that is about fingerprints and faces."""

    def __init__(self, screen: Screen, ids: dict[str, int]) -> None:
        self._screen = screen
        self._ids = ids

    def find_whose_mark(self, operator: Client) -> int:
        """A mark at a scene gives a candidate list; return its number."""
        self._screen.step("A fingermark at a scene: the machine proposes")
        self._screen.say("ALB's operator asks whose it is; which finger left it nobody knows.")
        reply = self._found(operator, mark(), verify=True)
        if reply.examination is None:
            raise NotAsTold("a mark that finds something should give a candidate list")
        self._screen.hits([self._card(reply)])
        self._screen.say(
            f"That is candidate list {reply.examination}, and no identification: people decide on it."
        )
        return reply.examination

    def examine(self, number: int, first: Client, second: Client) -> None:
        """Two examiners decide, the second not knowing what the first one decided."""
        self._screen.step("An examiner decides, a second one verifies blind")
        record = self._ids[CARD]
        first.assign(number, EXAMINERS[0])
        compared = first.comparison(number, record)
        picture = first.comparison_picture(number, record)
        self._screen.table(("compared", "strength", "what deciding from here on gets wrong"), _rows(compared))
        self._screen.say(
            f"{len(compared.correspondences)} places correspond; the two pictures side by side: {len(picture):,} "
            "bytes of PNG."
        )
        state = first.decide(number, record, ExaminerDecision.IDENTIFICATION, REASON).state
        self._screen.say(f"{EXAMINERS[0]} decides: identification. The list is {state}.")
        second.assign(number, EXAMINERS[1])
        if any(candidate.decisions for candidate in second.examination(number).candidates):
            raise NotAsTold("the second examiner must not see what the first one decided")
        concluded = second.decide(number, record, ExaminerDecision.IDENTIFICATION, REASON)
        if concluded.state is not ExaminationState.CONCLUDED:
            raise NotAsTold("two decisions should conclude the list")
        self._screen.say(
            f"{EXAMINERS[1]}, who was shown nothing of that, decides: identification. The list is "
            f"{concluded.state}, and the picture of the mark is deleted."
        )

    def tell_the_owner(self, next_about: Callable[[int], Notification]) -> None:
        """The owner hears what the examiners came to."""
        self._screen.step("The owner is told that its hit is confirmed")
        told = next_about(self._ids[CARD])
        if told.body["outcome"] != CandidateOutcome.CONFIRMED:
            raise NotAsTold("the owner should hear of a confirmed hit")
        self._screen.facts(told.body.items())

    def look_into_a_face(self, border: Client) -> None:
        """A face at a border finds a record."""
        self._screen.step("A face before a camera at the border")
        reply = self._found(border, at_the_gate())
        self._screen.hits([self._card(reply)])
        self._screen.say("A face proposes, too: the officer asks for an examiner, and the owner is told.")

    def _found(self, client: Client, piece: Biometric, *, verify: bool = False) -> CheckReply:
        def look() -> list[CheckReply]:
            reply = client.check_biometrics([piece], verify=verify)
            return [reply] if reply.hits else []

        return until(look)[0]

    def _card(self, reply: CheckReply) -> Hit:
        if reply.hits[0].record != self._ids[CARD]:
            raise NotAsTold(f"{CARD} should be found first")
        return reply.hits[0]


def _rows(compared: CandidateComparison) -> list[tuple[str, ...]]:
    return [
        (
            each.modality,
            f"{each.strength} (LLR {each.llr:.1f})",
            f"{each.fmr:.2%} of different sources, {each.fnmr:.2%} of the same one",
        )
        for each in compared.modalities
    ]
