"""Administration: the people of the node, its keys and its lines. What needs a second person becomes a proposal."""

from typing import Annotated, Any

from litestar import Response, get, post
from msgspec import Meta, Struct
from msgspec.structs import replace

from allpoints.bureau.administration import NewPerson
from allpoints.bureau.console.record_forms import Typed, typed_of
from allpoints.bureau.console.sections import Section
from allpoints.bureau.console.visit import Visit
from allpoints.bureau.console.words import P_
from allpoints.bureau.people import Person
from allpoints.bureau.people.four_eyes import Outcome
from allpoints.bureau.vault import KeyKind, KeyState
from allpoints.errors import AllpointsError
from allpoints.records import OPERATIONAL_PURPOSES, AgencyKind, Confidentiality, Purpose, Role

SECTION = Section("/administration/people", P_("section", "Administration"), roles=(Role.ADMINISTRATOR,))


class Account(Struct, frozen=True):
    """What an administrator says of somebody."""

    display_name: Annotated[str, Meta(max_length=100)]
    roles: tuple[Role, ...] = ()
    agency: AgencyKind = AgencyKind.BUREAU
    clearance: Confidentiality = Confidentiality.OFFICIAL
    purposes: tuple[Purpose, ...] = ()


class NewAccount(Account, frozen=True, kw_only=True):
    """With the name to sign in with, which stays."""

    name: Annotated[str, Meta(max_length=64)]


@get(["/administration", "/administration/people"])
async def overview(visit: Visit) -> Response[bytes]:
    """Who works here, the keys, the hubs."""
    return await _overview(visit)


@get("/administration/people/new")
async def new(visit: Visit) -> Response[bytes]:
    """The form of a new account."""
    return await _form(visit, None, {})


@post("/administration/people/new", status_code=200)
async def add(visit: Visit) -> Response[bytes]:
    """Make an account, or propose it."""
    typed = typed_of(await visit.request.form())
    try:
        form = await visit.form(NewAccount)
        outcome = await visit.node.administration.add_person(
            visit.session,
            NewPerson(
                name=form.name,
                display_name=form.display_name,
                roles=form.roles,
                agency=form.agency,
                clearance=form.clearance,
                purposes=form.purposes,
            ),
        )
    except AllpointsError as problem:
        return await _refused(visit, None, typed, problem)
    await visit.node.desk.drop_draft(visit.session, "account-new")
    return await _done(visit, outcome, form.name)


@get("/administration/people/{number:int}")
async def one(visit: Visit, number: int) -> Response[bytes]:
    """Somebody's account."""
    person = await visit.node.people.find(number)
    return await _form(visit, person, _typed_from(person))


@post("/administration/people/{number:int}", status_code=200)
async def change(visit: Visit, number: int) -> Response[bytes]:
    """Change it, or propose that."""
    person = await visit.node.people.find(number)
    typed = typed_of(await visit.request.form())
    try:
        form = await visit.form(Account)
        changed = replace(
            person,
            display_name=form.display_name,
            roles=form.roles,
            agency=form.agency,
            clearance=form.clearance,
            purposes=form.purposes,
        )
        outcome = await visit.node.administration.change_person(visit.session, person, changed)
    except AllpointsError as problem:
        return await _refused(visit, person, typed, problem)
    await visit.node.desk.drop_draft(visit.session, f"account-{number}")
    return await _done(visit, outcome, person.name)


@post("/administration/people/{number:int}/deactivation", status_code=200)
async def deactivate(visit: Visit, number: int) -> Response[bytes]:
    """Let somebody in no more; activating them is the way back."""
    return await _let_in(visit, number, active=False)


@post("/administration/people/{number:int}/activation", status_code=200)
async def activate(visit: Visit, number: int) -> Response[bytes]:
    """Let somebody in again."""
    return await _let_in(visit, number, active=True)


@post("/administration/people/{number:int}/reset", status_code=200)
async def reset(visit: Visit, number: int) -> Response[bytes]:
    """Forget somebody's ways in, and make a new link to set one up."""
    person = await visit.node.people.find(number)
    outcome = await visit.node.administration.reset_person(visit.session, person)
    return await _done(visit, outcome, person.name)


@post("/administration/keys/{kind:str}/rotation", status_code=200)
async def rotate(visit: Visit, kind: KeyKind) -> Response[bytes]:
    """Give the bureau a new key."""
    outcome = await visit.node.administration.rotate_key(visit.session, kind)
    return await _done(visit, replace(outcome, result=None), outcome.result or kind)


@post("/administration/keys/{key:str}/revocation", status_code=200)
async def revoke(visit: Visit, key: str) -> Response[bytes]:
    """End a key at every hub, and destroy it."""
    return await _done(visit, await visit.node.administration.revoke_key(visit.session, key), key)


async def _let_in(visit: Visit, number: int, *, active: bool) -> Response[bytes]:
    person = await visit.node.people.find(number)
    changed = replace(person, active=active)
    outcome = await visit.node.administration.change_person(visit.session, person, changed)
    return await _done(visit, outcome, person.name)


async def _done(visit: Visit, outcome: Outcome, subject: str) -> Response[bytes]:
    """What came of it: a proposal, or a link to hand over, which is shown this once."""
    link = visit.node.people.link(outcome.result) if isinstance(outcome.result, str) else ""
    return await _overview(visit, done=subject, proposal=outcome.proposal, link=link)


async def _overview(visit: Visit, **done: Any) -> Response[bytes]:
    node = visit.node
    return await visit.page(
        "administration.html",
        part="all",
        people=await node.people.all(),
        keys=sorted(node.vault.keys, key=lambda key: (key.kind, key.created_at), reverse=True),
        key_kinds=tuple(KeyKind),
        revocable=(KeyState.NEXT, KeyState.FORMER),
        standing=node.keys.standing,
        waiting=len(await node.four_eyes.waiting(visit.session)),
        **{"done": "", "proposal": None, "link": "", **done},
    )


async def _refused(
    visit: Visit, person: Person | None, typed: Typed, problem: AllpointsError
) -> Response[bytes]:
    if visit.is_part:
        raise problem
    return await _form(visit, person, typed, problem)


async def _form(
    visit: Visit, person: Person | None, typed: Typed, refused: AllpointsError | None = None
) -> Response[bytes]:
    return await visit.page(
        "person.html",
        status=refused.status if refused else 200,
        person=person,
        typed=typed,
        value=lambda field, otherwise="": next(iter(typed.get(field, ())), otherwise),
        roles=tuple(Role),
        agencies=tuple(AgencyKind),
        clearances=tuple(Confidentiality),
        purposes=typed.get("purposes", () if typed else OPERATIONAL_PURPOSES),
        refused=refused,
    )


def _typed_from(person: Person) -> Typed:
    return {
        "display_name": [person.display_name],
        "roles": list(person.roles),
        "agency": [person.agency],
        "clearance": [person.clearance],
        "purposes": list(person.purposes),
    }


ROUTES = (overview, new, add, one, change, deactivate, activate, reset, rotate, revoke)
