"""Notices that have just what their colour requires, reviews of them, and those who act on them."""

import io
import itertools
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import msgspec
from PIL import Image
from tests.corridors import Corridor, operator
from tests.hubs import asker

from allpoints.access import Action
from allpoints.notices import announcing, reading, reviewing
from allpoints.notices.acting import Acted
from allpoints.notices.reading import Listed, Shown
from allpoints.records import Asker, Contribution, Particulars, Person, RawIdentifier, RecordKind
from allpoints.records.colours import Colour, NoticeKind
from allpoints.records.notices import (
    DiffusionRequest,
    Grounds,
    NoticePicture,
    NoticeRequest,
    Order,
    Penalty,
    Standing,
)
from allpoints.records.review import Answered, Item, Review, ReviewDecision
from allpoints.steps.authorise import Admitted
from allpoints.steps.commit import Work
from allpoints.store.acts import Act

_numbers = itertools.count(1)

ORDER = Order(kind="warrant", number="12 Gs 345/26", issued=date(2026, 3, 1), authority="Court of Utopolis")
GROUNDS: dict[Colour, Grounds] = {
    Colour.RED: Grounds(
        facts="On 2 January 2026 he shot a guard in Utopolis.",
        offence="murder",
        law="Penal Code, article 101",
        order=ORDER,
        penalty=Penalty(life=True),
    ),
    Colour.YELLOW: Grounds(facts="She did not come home from school.", place="Utopolis, Main Station"),
    Colour.BLUE: Grounds(
        facts="He rented the car that was used.",
        offence="robbery",
        standing=Standing.WITNESS,
        sought="his address",
    ),
    Colour.BLACK: Grounds(found=date(2026, 2, 3), place="The river Uto at Lower Bridge"),
    Colour.GREEN: Grounds(
        facts="Convicted three times of fraud by false weddings.",
        offence="fraud",
        assessment="Utopia's national police: he has announced to go on abroad.",
    ),
    Colour.ORANGE: Grounds(
        facts="A batch of spirits holds methanol.", danger="Whoever drinks it may go blind."
    ),
    Colour.PURPLE: Grounds(
        offence="smuggling", method="A false floor beneath the tank, opened by the ignition."
    ),
    Colour.SILVER: Grounds(
        facts="Bought with the proceeds.", offence="money laundering", sought="where the yacht lies"
    ),
    Colour.SPECIAL: Grounds(decision="Resolution 2999 (2026), UTi.042"),
}
OWNER = operator("UTO")
REVIEWER = asker("HUB", "operator", "administration", "bureau")
OFFICER = asker("ALB", "officer", "criminal-investigation", "police")
WHY = {"reason": "It has been found."}
PERSONS = (Colour.RED, Colour.YELLOW, Colour.BLUE, Colour.GREEN, Colour.SPECIAL)


def contribution(colour: Colour, name: str = "Anna Example", **said: Any) -> Contribution:
    """The record of a notice, with a reference of its own; `said` is said of it beside or instead."""
    reference = f"notice-{next(_numbers)}"
    particulars: dict[str, Any] = {"reason": "information", "synthetic": True}
    if colour in PERSONS:
        particulars |= {"names": (name,), "birth": "1990-05-06", "nationalities": ("UTO",)}
    if colour is Colour.BLACK:
        particulars |= {"description": "A woman of about forty with a scar on her left hand."}
    reasons = {Colour.RED: "wanted", Colour.YELLOW: "missing"}
    particulars |= {"reason": reasons.get(colour, "information")}
    if colour is Colour.YELLOW:
        particulars |= {"since": date(2026, 4, 5)}
    kind = {Colour.SILVER: RecordKind.VESSEL, Colour.ORANGE: RecordKind.ITEM, Colour.PURPLE: RecordKind.ITEM}
    identifiers = (RawIdentifier("imo", "9074729"),) if colour is Colour.SILVER else ()
    record = {name: said.pop(name) for name in list(said) if name in Contribution.__struct_fields__}
    return msgspec.structs.replace(
        Contribution(
            reference=reference,
            kind=kind.get(colour, RecordKind.PERSON),
            identifiers=identifiers,
            particulars=Particulars(**{**particulars, **said}),
        ),
        **record,
    )


def request(colour: Colour = Colour.YELLOW, name: str = "Anna Example", **said: Any) -> NoticeRequest:
    """A notice; what is no field of it is said of its record."""
    own = {field: said.pop(field) for field in list(said) if field in NoticeRequest.__struct_fields__}
    made = NoticeRequest(
        colour=colour, contribution=contribution(colour, name, **said), grounds=GROUNDS[colour]
    )
    return msgspec.structs.replace(made, **own)


def diffusion(*to: str, colour: Colour = Colour.YELLOW, name: str = "Anna Example") -> DiffusionRequest:
    """A diffusion to these bureaus."""
    return DiffusionRequest(
        colour=colour, contribution=contribution(colour, name), grounds=GROUNDS[colour], to=to
    )


def review(version: int = 1, decision: ReviewDecision = ReviewDecision.PUBLISH, **failing: str) -> Review:
    """A review that answers every item with yes but those in `failing`, which says why."""
    return Review(
        version=version,
        checklist=tuple(
            Answered(item=item, met=item not in failing, reason=failing.get(item, "")) for item in Item
        ),
        decision=decision,
    )


def picture(
    *, public: bool = False, caption: str = "In 2025", size: tuple[int, int] = (60, 40)
) -> NoticePicture:
    """A picture whose file says where it was taken."""
    image = Image.new("RGB", size, (200, 120, 40))
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    written = io.BytesIO()
    image.save(written, "JPEG", exif=exif)
    assert b"taken at home" in written.getvalue()
    return NoticePicture(image=written.getvalue(), caption=caption, public=public)


class Desk:
    """What people of bureaus and of the secretariat do with notices, in a corridor without HTTP."""

    def __init__(self, corridor: Corridor) -> None:
        self.corridor = corridor
        if "HUB" not in corridor.keys:
            corridor.enrol("HUB")

    async def announce(
        self, said: NoticeRequest | DiffusionRequest, who: Asker | None = None, *, key: str = ""
    ) -> Acted:
        """Request a notice or send a diffusion, by default as UTO's operator."""
        notice = isinstance(said, NoticeRequest)
        kind = NoticeKind.NOTICE if notice else NoticeKind.DIFFUSION
        what = announcing.REQUEST if notice else announcing.SEND
        action = Action.REQUEST_NOTICE if notice else Action.SEND_DIFFUSION
        store = partial(announcing.announce, kind=kind, what=what)
        return await self._keep(said, who, action, kind, what, store, key=key)

    async def correct(
        self,
        number: int,
        said: NoticeRequest | DiffusionRequest,
        who: Asker | None = None,
        *,
        version: int = 1,
    ) -> Acted:
        """Correct one."""
        kind = NoticeKind.NOTICE if isinstance(said, NoticeRequest) else NoticeKind.DIFFUSION
        what = announcing.correction(kind, number)
        store = partial(announcing.correct, kind=kind, number=number)
        return await self._keep(said, who, Action.CORRECT_NOTICE, kind, what, store, if_match=f'"{version}"')

    async def _keep(
        self,
        said: NoticeRequest | DiffusionRequest,
        who: Asker | None,
        action: Action,
        kind: NoticeKind,
        what: str,
        store: Any,
        *,
        key: str = "",
        **headers: str,
    ) -> Acted:
        message = self.corridor.message(
            who or OWNER,
            msgspec.json.encode(said),
            path="/v1/notices",
            idempotency_key=key or f"notice-key-{next(_numbers)}",
            **headers,
        )
        read = partial(announcing.read_announcement, kind=kind, what=what)
        done = await self.corridor.pipeline.keep(message, action, read, store)
        acted: Acted = done.result
        return acted

    async def review(self, number: int, said: Review, who: Asker | None = None, *, key: str = "") -> Acted:
        """Review a notice, by default as the secretariat's operator."""
        return await self._do(Action.REVIEW_NOTICE, number, reviewing.review, said, who or REVIEWER, key=key)

    async def suspend(self, number: int) -> Acted:
        """Suspend a notice."""
        return await self._do(Action.SUSPEND_NOTICE, number, reviewing.suspend, WHY, REVIEWER)

    async def lift(self, number: int) -> Acted:
        """Lift a suspension."""
        return await self._do(Action.SUSPEND_NOTICE, number, reviewing.lift, WHY, REVIEWER)

    async def cancel(self, number: int, who: Asker | None = None) -> Acted:
        """Cancel a notice or diffusion, by default as UTO's operator."""
        return await self._do(Action.CANCEL_NOTICE, number, reviewing.cancel, WHY, who or OWNER)

    async def _do(
        self, action: Action, number: int, do: Any, said: Any, who: Asker, *, key: str = ""
    ) -> Acted:
        message = self.corridor.message(
            who, msgspec.json.encode(said), idempotency_key=key or f"notice-key-{next(_numbers)}"
        )

        async def task(act: Act, admitted: Admitted) -> Work:
            return await do(act, admitted, number, datetime.now(UTC))  # type: ignore[no-any-return]

        acted: Acted = (await self.corridor.pipeline.act(message, action, task)).result
        return acted

    async def published(self, said: NoticeRequest | None = None) -> Acted:
        """A notice that is published."""
        return await self.review((await self.announce(said or request())).id, review())

    async def read(self, number: int, who: Asker) -> Shown:
        """Read a notice."""
        return await self._look(who, partial(reading.one, number=number))

    async def listed(self, who: Asker, **filters: Any) -> list[Listed]:
        """List notices: the whole, a page after the other."""
        found: list[Listed] = []
        while page := await self._look(
            who, partial(reading.listed, after=found[-1].id if found else 0, limit=100, **filters)
        ):
            found += page
        return found

    async def picture(self, number: int, place: int, who: Asker) -> bytes:
        """Look at a picture."""
        return await self._look(who, partial(reading.picture, number=number, place=place))

    async def _look(self, who: Asker, look: Any) -> Any:
        async def task(act: Act, admitted: Admitted) -> Work:
            return await look(act, admitted.asker, now=datetime.now(UTC))  # type: ignore[no-any-return]

        message = self.corridor.message(who, method="GET")
        return (await self.corridor.pipeline.act(message, Action.READ_NOTICES, task)).result

    async def finds(self, who: Asker, name: str) -> list[int]:
        """The records that a check finds by name."""
        await self.corridor.catch_up()
        [line] = (await self.corridor.check(who, Person(names=(name,), birth="1990-05-06"))).result
        return [hit.record for hit in line.hits]

    def told(self, bureau: str, number: int) -> list[str]:
        """The kinds of what a bureau was told of a notice, in order."""
        return [str(told["kind"]) for told in self.corridor.told(bureau) if told.get("notice") == number]
