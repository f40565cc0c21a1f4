"""Verify a receipt: that an entry stands in a hub's log, computed here and believed of nobody."""

from typing import Annotated

import msgspec
from litestar import Response, get, post
from msgspec import Meta, Struct

from allpoints.audit import Promise, VerifierKey, leaf_hash, verify_promise
from allpoints.audit.entries import Entry
from allpoints.audit.verify import Verdict, verify_receipt
from allpoints.bureau.console.visit import Visit
from allpoints.errors import InvalidValue

JSON = "application/json"


class Promised(Struct, frozen=True):
    """What came with an answer: the hub's promise to seal its entry."""

    entry: Annotated[str, Meta(max_length=40)]
    promise: Annotated[str, Meta(max_length=4_000)] = ""


@get("/receipts/{entry:str}")
async def verified(visit: Visit, entry: str) -> Response[bytes]:
    """Fetch the receipt of an entry and verify it, step by step."""
    return await _page(visit, entry, None)


@post("/receipts", status_code=200)
async def verified_promise(visit: Visit) -> Response[bytes]:
    """The same, and that the entry is the one that was promised."""
    form = await visit.form(Promised)
    try:
        promise = msgspec.json.decode(form.promise, type=Promise) if form.promise else None
    except msgspec.MsgspecError:
        raise InvalidValue("is no promise", field="promise") from None
    return await _page(visit, form.entry, promise)


@get("/receipts/{entry:str}/file")
async def file(visit: Visit, entry: str) -> Response[bytes]:
    """The receipt, to keep and to verify anywhere."""
    found = await visit.client().receipt(entry)
    name = f'attachment; filename="receipt-{entry}.json"'
    return Response(found.to_json(), media_type=JSON, headers={"content-disposition": name})


async def _page(visit: Visit, entry: str, promise: Promise | None) -> Response[bytes]:
    client = visit.client()
    receipt = await client.receipt(entry)
    pinned = next((line.verifier_key for line in visit.node.settings.hubs if line.name == visit.hub), None)
    key = pinned or VerifierKey.parse((await client.about()).vkey)
    verdict = verify_receipt(receipt, key)
    if promise is not None:
        verify_promise(promise, receipt.entry, key)
    return await visit.page(
        "receipt.html",
        part="verdict",
        entry=entry,
        said=_said(verdict),
        verdict=verdict,
        leaf=leaf_hash(receipt.entry).hex(),
        hashes=len(receipt.proof),
        key=key,
        pinned=pinned is not None,
        promised=promise is not None,
    )


def _said(verdict: Verdict) -> Entry | None:
    """What the entry says; None where it is of a newer hub, in a form that this program does not know."""
    try:
        return msgspec.convert(verdict.entry, Entry)
    except msgspec.ValidationError:
        return None


ROUTES = (verified, verified_promise, file)
