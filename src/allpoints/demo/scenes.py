"""What happens between the three bureaus: one scene after the other, each with real questions and answers."""

import itertools
import json
import queue
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import msgspec

from allpoints.audit import Receipt
from allpoints.bureau import Client
from allpoints.demo import planted
from allpoints.demo.biometric_scenes import BiometricScenes
from allpoints.demo.expecting import PATIENCE_S, NotAsTold, until
from allpoints.demo.people_scenes import PeopleScenes
from allpoints.demo.planted import SPECIMEN_ZONE
from allpoints.demo.planted_people import QUESTIONS
from allpoints.demo.running import RunningHub
from allpoints.demo.screen import Screen
from allpoints.errors import AllpointsError
from allpoints.records import AgencyKind, Purpose, Role
from allpoints.records.evidence import Evidence, IdentifierEvidence, MrzEvidence, PatternEvidence
from allpoints.records.people import Person
from allpoints.wire.corridor import CheckReply, Notification

_TIMED_CHECKS = 200
_ASKER = ("bureau", "agency", "user", "role", "purpose")


class Story:
    """What happens between the three bureaus, in order."""

    def __init__(self, screen: Screen, hub: RunningHub, ids: dict[str, int]) -> None:
        self._screen = screen
        self._hub = hub
        self._ids = ids

    def tell(self) -> None:
        """All of it."""
        with (
            self._hub.client("ALB", Role.OFFICER, Purpose.BORDER_CONTROL, AgencyKind.BORDER_POLICE) as border,
            self._hub.client("ALB", Role.OFFICER, Purpose.VEHICLE_CRIME, AgencyKind.POLICE) as patrol,
            self._hub.client("ALB", Role.OFFICER, Purpose.FIREARMS_CONTROL, AgencyKind.POLICE) as examiner,
            self._hub.client("ALB", Role.ANALYST, Purpose.CRIMINAL_INVESTIGATION) as analyst,
            self._hub.client("ALB", Role.OPERATOR, Purpose.CRIMINAL_INVESTIGATION) as operator,
            self._hub.client("ALB", Role.EXAMINER, Purpose.CRIMINAL_INVESTIGATION) as first,
            self._hub.client("ALB", Role.EXAMINER, Purpose.CRIMINAL_INVESTIGATION, number=8) as second,
            self._hub.client("FRA", Role.OFFICER, Purpose.BORDER_CONTROL, AgencyKind.BORDER_POLICE) as french,
            self._hub.client("UTO", Role.OPERATOR, Purpose.CRIMINAL_INVESTIGATION) as utopia,
            _listening(utopia) as told,
        ):
            self._check_at_the_border(border)
            self._prove(utopia, self._hear(utopia, told, "UTO-SPECIMEN"))
            people = PeopleScenes(self._screen, self._ids)
            people.ask_in_latin_letters(border)
            people.tell_apart(border)
            people.read_a_cut_name(border)
            biometric = BiometricScenes(self._screen, self._ids)
            listed = biometric.find_whose_mark(operator)
            biometric.examine(listed, first, second)
            biometric.tell_the_owner(partial(_next_about, told, kind="examined"))
            biometric.look_into_a_face(border)
            self._ask_silently(patrol, utopia, told)
            self._ask_for_a_phone(analyst)
            self._exclude(border, french)
            self._withdraw(french, utopia)
            self._link(analyst)
            people.link(analyst, operator)
            self._search_partly(examiner)
            self._find_nothing(border)
            self._time(border)

    def _check_at_the_border(self, border: Client) -> None:
        self._screen.step("A border officer of ALB reads a passport")
        self._screen.raw(SPECIMEN_ZONE)
        reply = self._asked("ALB", border, MrzEvidence(SPECIMEN_ZONE))
        self._expect(reply, "UTO-SPECIMEN")
        for note in reply.notes:
            self._screen.say(f"Note: {note}.")

    def _hear(self, utopia: Client, told: "queue.Queue[Notification]", reference: str) -> Notification:
        self._screen.step("The owner is told at once")
        notification = _next_about(told, self._ids[reference])
        waited = 1_000 * (time.time() - notification.created_at.timestamp())
        self._screen.say(f"UTO's stream of notifications brings this, {waited:.0f} ms after the check:")
        self._screen.facts(notification.body.items())
        acknowledged = utopia.acknowledge([notification.id]).ids
        if acknowledged != (notification.id,):
            raise NotAsTold("the notification could not be acknowledged")
        self._screen.say(f"UTO acknowledges notification {notification.id}.")
        return notification

    def _prove(self, utopia: Client, notification: Notification) -> None:
        self._screen.step("The owner proves it, without trusting the hub")
        if notification.entry is None:
            raise NotAsTold("the notification names no log entry")
        receipt = utopia.receipt(notification.entry)
        self._screen.say(
            f"UTO fetches the receipt of log entry {notification.entry} and verifies it offline with"
        )
        self._screen.raw(f"python -m allpoints.audit.verify receipt.json --key {self._hub.vkey}")
        self._screen.raw(self._verified(receipt, proved=True).partition("\n{")[0])
        entry = json.loads(receipt.entry)
        self._screen.say("The entry, beside the asker's signed request:")
        self._screen.facts((name, entry[name]) for name in ("act", *_ASKER, "records", "outcome", "at"))
        at = len(receipt.entry) // 2
        forged = receipt.entry[:at] + bytes([receipt.entry[at] ^ 1]) + receipt.entry[at + 1 :]
        self._screen.say(f"One bit of byte {at} of the same receipt is flipped:")
        self._screen.raw(self._verified(msgspec.structs.replace(receipt, entry=forged), proved=False))

    def _ask_silently(self, patrol: Client, utopia: Client, told: "queue.Queue[Notification]") -> None:
        self._screen.step("A silent record: the asker sees nothing, the owner is told")
        self._expect(self._asked("ALB", patrol, identifier("plate", planted.DISCREET_PLATE)))
        notification = _next_about(told, self._ids["UTO-DISCREET"])
        self._screen.say("What UTO reads:")
        self._screen.facts(notification.body.items())
        if notification.body.get("outcome") != "silent":
            raise NotAsTold("the owner of the silent record was not told that it was silent")

    def _ask_for_a_phone(self, analyst: Client) -> None:
        self._screen.step("A phone in two countries' files; one owner gives only its contact")
        reply = self._asked("ALB", analyst, identifier("phone", planted.SHARED_PHONE))
        self._expect(reply, "FRA-PHONE", "UTO-PHONE")
        if sorted(hit.level for hit in reply.hits) != ["contact", "full"]:
            raise NotAsTold("one owner discloses the phone in full, the other its contact only")

    def _exclude(self, border: Client, french: Client) -> None:
        self._screen.step("A record that all bureaus but one may know of")
        evidence = identifier("travel-document", planted.NOT_FOR_ALB_PASSPORT)
        self._screen.say("ALB, which the owner excludes:")
        self._expect(self._asked("ALB", border, evidence))
        self._screen.say("FRA, with the same question:")
        self._expect(self._asked("FRA", french, evidence), "UTO-NOT-ALB")

    def _withdraw(self, french: Client, utopia: Client) -> None:
        self._screen.step("A record is withdrawn, and gives no hit any more")
        evidence = identifier("travel-document", planted.WITHDRAWN_PASSPORT)
        self._expect(self._asked("FRA", french, evidence), "UTO-WITHDRAWN")
        utopia.withdraw(self._ids["UTO-WITHDRAWN"])
        began = time.perf_counter()
        self._screen.say("UTO withdraws it. The same question, at once and a second later:")
        self._expect(self._asked("FRA", french, evidence))
        time.sleep(max(0.0, 1 - (time.perf_counter() - began)))
        self._expect(self._asked("FRA", french, evidence))

    def _link(self, analyst: Client) -> None:
        self._screen.step("Stolen in one country, seen in another: a link that nobody had to ask for")
        own, other = self._ids["ALB-SEEN-CAR"], self._ids["FRA-STOLEN-CAR"]
        found = until(
            lambda: [
                link for link in analyst.links().items if link.record == own and link.other.record == other
            ]
        )
        self._screen.say(
            f"ALB's record {own}, a car seen in Durrës, has the same {found[0].scheme} as this one:"
        )
        self._screen.hits([found[0].other])

    def _search_partly(self, examiner: Client) -> None:
        self._screen.step("A serial that was filed off")
        self._screen.say("What an examiner can still read, with * for what is gone:")
        self._screen.raw(planted.FILED_PISTOL_AS_FOUND)
        evidence = PatternEvidence("firearm", planted.FILED_PISTOL_AS_FOUND, confusable=True)
        reply = examiner.check([evidence])
        self._screen.say(f"Records that match: {len(reply.hits)}. The one that was planted:")
        wanted = [hit for hit in reply.hits if hit.record == self._ids["FRA-FILED-PISTOL"]]
        self._screen.hits(wanted)
        if not wanted:
            raise NotAsTold("the filed-off pistol was not found")

    def _find_nothing(self, border: Client) -> None:
        self._screen.step("A passport that nobody reported")
        self._expect(self._asked("ALB", border, identifier("travel-document", planted.FREE_PASSPORT)))

    def _time(self, border: Client) -> None:
        self._screen.step(f"How long {2 * _TIMED_CHECKS} single checks take")
        passports = [
            identifier("travel-document", f"FRA:P:09FZ{number:05}") for number in range(_TIMED_CHECKS)
        ]
        people = [
            Person(names=question.asked.names, birth=f"{1950 + number % 50}")
            for number, question in zip(range(_TIMED_CHECKS), itertools.cycle(QUESTIONS), strict=False)
        ]
        self._screen.facts([("passports", _timed(border, passports)), ("people", _timed(border, people))])
        self._screen.say(
            "One after the other over HTTP, each signed, authorised and durable in the log before its answer leaves."
        )

    def _asked(self, bureau: str, client: Client, evidence: MrzEvidence | IdentifierEvidence) -> CheckReply:
        self._screen.raw(f"{bureau} asks: {_question(evidence)}")
        began = time.perf_counter()
        reply = client.check([evidence])
        took = 1_000 * (time.perf_counter() - began)
        self._screen.hits(reply.hits)
        self._screen.say(f"Answered in {took:.1f} ms, log entry {reply.entry}.", "dim")
        return reply

    def _expect(self, reply: CheckReply, *references: str) -> None:
        found = {hit.record for hit in reply.hits}
        if found != {self._ids[reference] for reference in references}:
            raise NotAsTold(
                f"the check should find {', '.join(references) or 'nothing'}; it found {sorted(found)}"
            )

    def _verified(self, receipt: Receipt, *, proved: bool) -> str:
        """What the offline verifier says, run as a program of its own."""
        file = self._hub.folder / "receipt.json"
        file.write_bytes(receipt.to_json())
        command = [sys.executable, "-m", "allpoints.audit.verify", str(file), "--key", str(self._hub.vkey)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
        if (done.returncode == 0) != proved:
            raise NotAsTold(f"the verifier ended with {done.returncode}: {done.stdout}{done.stderr}")
        return (done.stdout + done.stderr).strip()


def _timed(client: Client, asked: Sequence[Evidence]) -> str:
    milliseconds = []
    for evidence in asked:
        began = time.perf_counter()
        client.check([evidence])
        milliseconds.append(1_000 * (time.perf_counter() - began))
    ordered = sorted(milliseconds)
    slow = ordered[int(0.99 * len(ordered))]
    return f"median {statistics.median(ordered):.1f} ms, slowest but 1 % {slow:.1f} ms"


@contextmanager
def _listening(client: Client) -> Iterator["queue.Queue[Notification]"]:
    """What a bureau is told from now on, as it comes."""
    told: queue.Queue[Notification] = queue.Queue()
    ended = threading.Event()

    def listen() -> None:
        try:
            for notification in client.follow_notifications():
                told.put(notification)
        except (AllpointsError, RuntimeError):
            # The client is closed under the open stream when the story is over, and only then.
            if not ended.is_set():
                raise

    threading.Thread(target=listen, daemon=True).start()
    try:
        yield told
    finally:
        ended.set()


def _next_about(told: "queue.Queue[Notification]", record: int, kind: str = "hit") -> Notification:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            notification = told.get(timeout=0.1)
        except queue.Empty:
            continue
        if notification.body.get("kind") == kind and notification.body.get("record") == record:
            return notification
    raise NotAsTold(f"the owner was not told of record {record}")


def identifier(scheme: str, value: str) -> IdentifierEvidence:
    """An exact identifier as evidence."""
    return IdentifierEvidence(scheme, value)


def _question(evidence: MrzEvidence | IdentifierEvidence) -> str:
    if isinstance(evidence, MrzEvidence):
        return "the zone above"
    return f"{evidence.scheme} {evidence.value}"
