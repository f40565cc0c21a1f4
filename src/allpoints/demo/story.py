"""The demo: three bureaus, one hub, and what happens between them, step by step with real answers.

`run` tells it and ends; `serve` leaves the same world running for one's own checks. Both need nothing but this
package: PostgreSQL comes along, everything is written into a temporary folder, and nothing is left behind.
"""

import json
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from allpoints.demo import planted
from allpoints.demo.consoles import prepare, show_codes, show_consoles
from allpoints.demo.expecting import NotAsTold, until
from allpoints.demo.gate_scene import GateScene
from allpoints.demo.nodes import Nodes
from allpoints.demo.planted import SPECIMEN_ZONE
from allpoints.demo.planted_biometrics import at_the_gate, cards, mark
from allpoints.demo.running import RunningHub
from allpoints.demo.scenes import Story, identifier
from allpoints.demo.screen import MARK, Screen
from allpoints.demo.world import World
from allpoints.errors import AllpointsError
from allpoints.records import AgencyKind, Contribution, Particulars, Purpose, RawIdentifier, RecordKind, Role

RECORDS = 3_000
_INTERRUPTED, _TERMINATED = 130, 143


def run() -> int:
    """Tell the story; return 0, or another status after a message that says what went wrong."""
    return _shown(_tell)


def serve() -> int:
    """Serve the demo's world until Ctrl-C; return the exit status."""
    return _shown(_stay)


def _shown(act: Callable[[Screen, RunningHub], None]) -> int:
    screen = Screen()
    signal.signal(signal.SIGTERM, _end)
    try:
        with RunningHub() as hub:
            screen.say(MARK, "bold magenta")
            screen.say("Starting PostgreSQL and a hub on this machine ...")
            hub.start()
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
    world = World(records=RECORDS)
    Story(screen, hub, _settled(screen, hub, world)).tell()
    with Nodes(hub, [bureau for bureau in world.bureaus if bureau.code in ("ALB", "UTO")]) as nodes:
        screen.say("\nALB and UTO start their own programs ...")
        nodes.make()
        GateScene(screen, nodes).play()
    screen.say(f"\nThe story took {time.perf_counter() - started:.0f} seconds. {MARK}.", "bold")
    screen.say("To ask yourself, also in a browser: make up")


def _settled(screen: Screen, hub: RunningHub, world: World) -> dict[str, int]:
    """Three bureaus enrol and contribute; return the ids of their records."""
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
        contributions = [*world.contributions(bureau.code), *cards(bureau.code)]
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
        until(lambda: operator.check([identifier("travel-document", "ALB:P:SY0000001")]).hits)
    screen.say(
        f"One more record is found by checks {1_000 * (time.perf_counter() - began):.0f} ms after it was kept."
    )


def _stay(screen: Screen, hub: RunningHub) -> None:
    world = World(records=RECORDS)
    _settled(screen, hub, world)
    with Nodes(hub, world.bureaus) as nodes:
        screen.say("The three bureaus start their own programs ...")
        nodes.make()
        nodes.serve()
        prepare(hub)
        _show_commands(screen, hub)
        show_consoles(screen, nodes)
        screen.say("\nCtrl-C stops everything and removes it.")
        show_codes(nodes.devices, until=hub.ended)
    if status := hub.wait():
        raise NotAsTold(f"the hub ended with status {status}")


def _show_commands(screen: Screen, hub: RunningHub) -> None:
    officer = _profile(hub, "ALB", Role.OFFICER, Purpose.BORDER_CONTROL, AgencyKind.BORDER_POLICE)
    patrol = _profile(hub, "ALB", Role.OFFICER, Purpose.VEHICLE_CRIME, AgencyKind.POLICE)
    examiner = _profile(hub, "ALB", Role.EXAMINER, Purpose.CRIMINAL_INVESTIGATION, AgencyKind.LABORATORY)
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
    screen.raw(f"{command} check --name 'Mohammed Aliyev' --born 1970-03-12 --explain")
    screen.raw(f"{command} check --name 'Maria Silva'")
    screen.say("With pictures; an examiner decides on what they find:")
    (hub.folder / "mark.png").write_bytes(mark().image)
    (hub.folder / "face.png").write_bytes(at_the_gate().image)
    screen.raw(f"{command} check --face {hub.folder / 'face.png'}")
    screen.raw(f"{command} check --profile {examiner} --fingerprint {hub.folder / 'mark.png'}")
    screen.raw(f"{command} examine list --profile {examiner}")
    screen.say("As a patrol of ALB; the second question finds a record that stays silent:")
    screen.raw(f"{command} check --profile {patrol} --plate '{planted.CAR_PLATE}'")
    screen.raw(f"{command} check --profile {patrol} --plate {planted.DISCREET_PLATE}")
    screen.say("As UTO's operator, who owns what was found:")
    screen.raw(f"{command} notifications list --profile {operator}")
    screen.raw(f"{command} records list --profile {operator}")
    screen.raw(f"{command} links list --profile {operator}")


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
