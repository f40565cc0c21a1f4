"""The demo: three bureaus, one hub, and what happens between them, step by step with real answers.

`run` tells it and ends; `serve` leaves the same world running for one's own checks. Both need nothing but this
package: PostgreSQL comes along, everything is written into a temporary folder, and nothing is left behind.
"""

import json
import queue
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn, TypeVar

import msgspec

from allpoints.audit import Receipt
from allpoints.bureau import Client
from allpoints.demo import planted
from allpoints.demo.planted import SPECIMEN_ZONE
from allpoints.demo.running import RunningHub
from allpoints.demo.screen import MARK, Screen
from allpoints.demo.world import World
from allpoints.errors import AllpointsError
from allpoints.records import AgencyKind, Contribution, Particulars, Purpose, RawIdentifier, RecordKind, Role
from allpoints.records.evidence import Evidence, IdentifierEvidence, MrzEvidence, PatternEvidence
from allpoints.wire import CheckReply, Notification

RECORDS = 3_000
_TIMED_CHECKS = 200
_PATIENCE_S = 10.0
_ASKER = ("bureau", "agency", "user", "role", "purpose")
_INTERRUPTED, _TERMINATED = 130, 143

Found = TypeVar("Found")


class NotAsTold(AllpointsError):
    """The demo did not show what it should; please report it with what stands above."""


def run() -> int:
    """Tell the story; return 0, or another status after a message that says what went wrong."""
    return _shown(_tell)


def serve() -> int:
    """Serve the demo's world until Ctrl-C; return the exit status."""
    return _shown(_stay)


def _shown(act: Callable[[Screen, RunningHub], None]) -> int:
    screen = Screen()
    screen.say(MARK, "bold magenta")
    screen.say("Starting PostgreSQL and a hub on this machine ...")
    signal.signal(signal.SIGTERM, _end)
    try:
        with RunningHub() as hub:
            act(screen, hub)
    except AllpointsError as error:
        screen.failed(str(error), error.remedy)
        return 1
    except KeyboardInterrupt:
        screen.say("\nStopped; everything was removed.")
        return _INTERRUPTED
    return 0


def _end(*_: object) -> NoReturn:
    # As an exception, so that what was started is stopped.
    raise SystemExit(_TERMINATED)


def _tell(screen: Screen, hub: RunningHub) -> None:
    started = time.perf_counter()
    Story(screen, hub, _settled(screen, hub)).tell()
    screen.say(f"\nThe story took {time.perf_counter() - started:.0f} seconds. {MARK}.", "bold")
    screen.say("To ask yourself: make up")


def _settled(screen: Screen, hub: RunningHub) -> dict[str, int]:
    """Three bureaus enrol and contribute; return the ids of their records."""
    world = World(records=RECORDS)
    screen.step("Three bureaus enrol")
    for bureau in world.bureaus:
        screen.facts(
            [
                (
                    bureau.code,
                    f"{bureau.name}: key made, enrolled, approved by the secretariat as {hub.enrol(bureau)}",
                )
            ]
        )
    screen.step("They contribute what they know")
    ids: dict[str, int] = {}
    for bureau in world.bureaus:
        contributions = list(world.contributions(bureau.code))
        began = time.perf_counter()
        ids |= hub.contribute(bureau.code, contributions)
        rate = len(contributions) / (time.perf_counter() - began)
        screen.facts(
            [(bureau.code, f"{len(contributions):,} records, {rate:,.0f} a second, signed and logged")]
        )
    _wait_until_searchable(screen, hub)
    return ids


def _wait_until_searchable(screen: Screen, hub: RunningHub) -> None:
    last = Contribution(
        reference="ALB-LAST",
        kind=RecordKind.TRAVEL_DOCUMENT,
        identifiers=(RawIdentifier("travel-document", "ALB:P:SY0000001"),),
        particulars=Particulars(reason="lost", synthetic=True),
    )
    hub.contribute("ALB", [last])
    began = time.perf_counter()
    with hub.client("ALB", Role.OPERATOR, Purpose.BORDER_CONTROL) as operator:
        _until(lambda: operator.check([_identifier("travel-document", "ALB:P:SY0000001")]).hits)
    screen.say(
        f"One more record is found by checks {1_000 * (time.perf_counter() - began):.0f} ms after it was kept."
    )


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
            self._hub.client("FRA", Role.OFFICER, Purpose.BORDER_CONTROL, AgencyKind.BORDER_POLICE) as french,
            self._hub.client("UTO", Role.OPERATOR, Purpose.CRIMINAL_INVESTIGATION) as utopia,
            _listening(utopia) as told,
        ):
            self._check_at_the_border(border)
            self._prove(utopia, self._hear(utopia, told, "UTO-SPECIMEN"))
            self._ask_silently(patrol, utopia, told)
            self._ask_for_a_phone(analyst)
            self._exclude(border, french)
            self._withdraw(french, utopia)
            self._link(analyst)
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
        self._expect(self._asked("ALB", patrol, _identifier("plate", planted.DISCREET_PLATE)))
        notification = _next_about(told, self._ids["UTO-DISCREET"])
        self._screen.say("What UTO reads:")
        self._screen.facts(notification.body.items())
        if notification.body.get("outcome") != "silent":
            raise NotAsTold("the owner of the silent record was not told that it was silent")

    def _ask_for_a_phone(self, analyst: Client) -> None:
        self._screen.step("A phone in two countries' files; one owner gives only its contact")
        reply = self._asked("ALB", analyst, _identifier("phone", planted.SHARED_PHONE))
        self._expect(reply, "FRA-PHONE", "UTO-PHONE")
        if sorted(hit.level for hit in reply.hits) != ["contact", "full"]:
            raise NotAsTold("one owner discloses the phone in full, the other its contact only")

    def _exclude(self, border: Client, french: Client) -> None:
        self._screen.step("A record that all bureaus but one may know of")
        evidence = _identifier("travel-document", planted.NOT_FOR_ALB_PASSPORT)
        self._screen.say("ALB, which the owner excludes:")
        self._expect(self._asked("ALB", border, evidence))
        self._screen.say("FRA, with the same question:")
        self._expect(self._asked("FRA", french, evidence), "UTO-NOT-ALB")

    def _withdraw(self, french: Client, utopia: Client) -> None:
        self._screen.step("A record is withdrawn, and gives no hit any more")
        evidence = _identifier("travel-document", planted.WITHDRAWN_PASSPORT)
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
        found = _until(
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
        self._screen.say(f"Of {RECORDS:,} records these match: {len(reply.hits)}. The one that was planted:")
        wanted = [hit for hit in reply.hits if hit.record == self._ids["FRA-FILED-PISTOL"]]
        self._screen.hits(wanted)
        if not wanted:
            raise NotAsTold("the filed-off pistol was not found")

    def _find_nothing(self, border: Client) -> None:
        self._screen.step("A passport that nobody reported")
        self._expect(self._asked("ALB", border, _identifier("travel-document", planted.FREE_PASSPORT)))

    def _time(self, border: Client) -> None:
        self._screen.step(f"How long {_TIMED_CHECKS} single checks take")
        milliseconds = []
        for number in range(_TIMED_CHECKS):
            evidence = _identifier("travel-document", f"FRA:P:09FZ{number:05}")
            began = time.perf_counter()
            border.check([evidence])
            milliseconds.append(1_000 * (time.perf_counter() - began))
        ordered = sorted(milliseconds)
        self._screen.facts(
            [
                ("median", f"{statistics.median(ordered):.1f} ms"),
                ("slowest but 1 %", f"{ordered[int(0.99 * _TIMED_CHECKS)]:.1f} ms"),
            ]
        )
        self._screen.say(
            "One after the other over HTTP, each signed, authorised and durable in the log before its answer leaves."
        )

    def _asked(self, bureau: str, client: Client, evidence: Evidence) -> CheckReply:
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


def _stay(screen: Screen, hub: RunningHub) -> None:
    _settled(screen, hub)
    officer = _profile(hub, "ALB", Role.OFFICER, Purpose.BORDER_CONTROL, AgencyKind.BORDER_POLICE)
    patrol = _profile(hub, "ALB", Role.OFFICER, Purpose.VEHICLE_CRIME, AgencyKind.POLICE)
    operator = _profile(hub, "UTO", Role.OPERATOR, Purpose.CRIMINAL_INVESTIGATION, AgencyKind.BUREAU)
    first, second = SPECIMEN_ZONE.split("\n")
    # A fresh clone has the command only in its own environment.
    command = "allpoints" if shutil.which("allpoints") else str(Path(sys.executable).with_name("allpoints"))
    screen.step("The hub is yours")
    screen.facts([("address", hub.url), ("its key", hub.vkey), ("documented at", f"{hub.url}/openapi.json")])
    screen.say("\nAs a border officer of ALB, in another terminal:")
    screen.raw(f"export ALLPOINTS_PROFILE={officer}")
    screen.raw(f"{command} check '{first}' '{second}'")
    screen.raw(f"{command} check --document {planted.WITHDRAWN_PASSPORT}")
    screen.raw(f"{command} check --document {planted.FREE_PASSPORT}")
    screen.say("As a patrol of ALB; the second question finds a record that stays silent:")
    screen.raw(f"{command} check --profile {patrol} --plate '{planted.CAR_PLATE}'")
    screen.raw(f"{command} check --profile {patrol} --plate {planted.DISCREET_PLATE}")
    screen.say("As UTO's operator, who owns what was found:")
    screen.raw(f"{command} notifications list --profile {operator}")
    screen.raw(f"{command} records list --profile {operator}")
    screen.say("\nCtrl-C stops the hub and removes everything.")
    if status := hub.wait():
        raise NotAsTold(f"the hub ended with status {status}")


def _profile(hub: RunningHub, bureau: str, role: Role, purpose: Purpose, agency: AgencyKind) -> Path:
    """Write a profile for the command line, with the bureau's key beside it; return its file."""
    key = hub.folder / f"{bureau}.pem"
    if not key.exists():
        hub.keys[bureau].save(key, unencrypted=True)
    values = {
        "hub": hub.url,
        "hub_key": str(hub.vkey),
        "bureau": bureau,
        "key": str(key),
        "user": f"{bureau.lower()}-{role}-7",
        "agency": agency.value,
        "role": role.value,
        "purpose": purpose.value,
    }
    file = hub.folder / f"{bureau.lower()}-{agency.value}.toml"
    # A JSON string of printable ASCII is a TOML string as well.
    file.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items()))
    return file


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


def _next_about(told: "queue.Queue[Notification]", record: int) -> Notification:
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        try:
            notification = told.get(timeout=0.1)
        except queue.Empty:
            continue
        if notification.body.get("kind") == "hit" and notification.body.get("record") == record:
            return notification
    raise NotAsTold(f"the owner was not told of record {record}")


def _until(look: Callable[[], Sequence[Found]]) -> Sequence[Found]:
    """What is found, waiting until there is something."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.02)
    raise NotAsTold(f"nothing was found within {_PATIENCE_S:.0f} seconds")


def _identifier(scheme: str, value: str) -> IdentifierEvidence:
    return IdentifierEvidence(scheme, value)


def _question(evidence: Evidence) -> str:
    if isinstance(evidence, MrzEvidence):
        return "the zone above"
    return f"{evidence.scheme} {evidence.value}"
