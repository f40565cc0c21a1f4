"""`allpoints notifications`: what the hub tells a bureau, when it happens or later."""

from typing import Annotated, Any

import typer

from allpoints.cli import screen
from allpoints.cli.app import EPILOG
from allpoints.cli.paging import Limit, pages
from allpoints.cli.session import Session, asking
from allpoints.wire.confirmations import ConfirmationNews
from allpoints.wire.corridor import Notification

app = typer.Typer(
    add_completion=False, no_args_is_help=True, epilog=EPILOG, help="What the hub told your bureau."
)

_CLOCK = {
    ConfirmationNews.ASKED: "{bureau} asks you to confirm a hit on record {record}",
    ConfirmationNews.REMINDER: "{bureau} still waits for your answer about record {record}",
    ConfirmationNews.ESCALATED: "for supervisors: time is running out to answer {bureau} about record {record}",
    ConfirmationNews.ANSWERED: "{bureau} has answered about record {record}",
    ConfirmationNews.LAPSED: "the time is up, with no answer between {bureau} and you about record {record}",
    ConfirmationNews.WITHDRAWN: "{bureau} has withdrawn record {record}",
}
"""What the hit clock says."""

After = Annotated[int, typer.Option(help="Only those after the one with this number.", min=0)]


@app.command("list")
@asking
def list_notifications(
    session: Session,
    unacknowledged: Annotated[
        bool, typer.Option("--unacknowledged", help="Only those that nobody has acknowledged.")
    ] = False,
    after: After = 0,
    limit: Limit = 100,
) -> None:
    """List notifications, oldest first."""
    with session.client() as client:
        told = pages(
            lambda last, size: client.notifications(
                after=last or after, limit=size, unacknowledged=unacknowledged
            ),
            limit,
        )
        if session.json:
            for notification in told:
                screen.write_json(notification)
            return
        screen.table(
            ("no.", "at", "what", "seen", "log entry"),
            ((n.id, n.created_at, _sentence(n), "yes" if n.acknowledged_at else "no", n.entry) for n in told),
            empty="No notifications.",
        )


@app.command()
@asking
def follow(session: Session, after: After = 0) -> None:
    """Write each notification as it comes, beginning with those not acknowledged, until Ctrl-C."""
    with session.client() as client:
        for notification in client.follow_notifications(after=after):
            if session.json:
                screen.write_json(notification)
            else:
                screen.say(
                    f"{notification.id}  {screen.words(notification.created_at)}  {_sentence(notification)}"
                )
            screen.flush()


@app.command()
@asking
def acknowledge(
    session: Session, numbers: Annotated[list[int], typer.Argument(metavar="NUMBER…", min=1)]
) -> None:
    """Mark notifications as seen."""
    with session.client() as client:
        acknowledged = client.acknowledge(numbers)
    if session.json:
        screen.write_json(acknowledged)
    else:
        screen.say(f"{len(acknowledged.ids)} of {len(numbers)} are now acknowledged.")


def _sentence(notification: Notification) -> str:
    body = notification.body
    if body.get("kind") == "hit":
        return (
            f"{body.get('bureau')} ({body.get('agency')}, {body.get('role')} {body.get('user')}) found "
            f"record {body.get('record')} ({body.get('reference')}) for {body.get('purpose')}: {body.get('outcome')}"
        )
    if body.get("kind") == "link":
        same = "the same person" if body.get("scheme") == "names" else f"the same {body.get('scheme')}"
        return (
            f"record {body.get('record')} is linked: another bureau holds {same} "
            f"(link {body.get('link')}; see allpoints links list)"
        )
    if body.get("kind") == "link-decision":
        return (
            f"{body.get('bureau')} says of link {body.get('link')}, which your record {body.get('record')} has "
            f"with one of theirs: {body.get('decision')}"
        )
    if body.get("kind") == "examined":
        return (
            f"examiners of {body.get('bureau')} compared your record {body.get('record')} ({body.get('reference')}) by "
            f"{body.get('modality')} for {body.get('purpose')}: {body.get('outcome')}"
        )
    if said := _CLOCK.get(body.get("kind", "")):
        what = said.format(bureau=body.get("bureau"), record=body.get("record"))
        state, urgency, due = body.get("state"), body.get("urgency"), body.get("due_at")
        return f"{what}: {state}, {urgency}, due {due} (confirmation {body.get('confirmation')})"
    return (
        _of_a_notice(body)
        or _of_a_message(body)
        or ", ".join(f"{name} {value}" for name, value in body.items())
    )


def _of_a_message(body: dict[str, Any]) -> str:
    match body.get("kind"):
        case "message":
            due = f", due {body['deadline']}" if body.get("deadline") else ""
            return (
                f"{body.get('sender')} sent a message: {body.get('priority')}{due} (message {body.get('id')})"
            )
        case "message-recalled":
            return f"{body.get('sender')} took a message back before you had it (message {body.get('id')})"
        case "message-expired":
            bureaus = ", ".join(body.get("recipients", ()))
            return f"nobody fetched your message in time at {bureaus} (message {body.get('id')})"
        case _:
            return ""


def _of_a_notice(body: dict[str, Any]) -> str:
    kind, _, what = str(body.get("kind", "")).partition("-")
    if kind not in {"notice", "diffusion"}:
        return ""
    number = f"{body['number']} " if body.get("number") else ""
    return (
        f"{body.get('bureau')}: {body.get('colour')} {kind} {number}{what} "
        f"(allpoints notices show {body.get('notice')})"
    )
