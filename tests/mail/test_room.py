"""How much a bureau keeps at the hub: unsent and waiting alike, and never more however much comes at once."""

import asyncio

import pytest
from msgspec.structs import replace
from tests.corridors import operator
from tests.posting import CONTENT, Post, sealed_file

from allpoints.errors import QuotaExceeded
from allpoints.mail import room
from allpoints.store import messages


async def kept(post: Post, bureau: str = "UTO") -> int:
    """What a bureau keeps at the hub."""
    async with post.corridor.database.act(operator(bureau)) as act:
        return await messages.kept_bytes(act)


async def test_what_waits_counts_like_what_is_not_sent_yet(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    attachment, parts = sealed_file(b"a file")
    envelope = await post.envelope("UTO", "FRA", "ITA", content=replace(CONTENT, attachments=(attachment,)))
    size = sum(len(envelope.body) + len(key.sealed) for key in envelope.keys)
    before = await kept(post)
    monkeypatch.setattr(room, "MAX_KEPT", before + len(parts[0]) + size)
    await post.put("UTO", attachment.id, 0, parts[0])
    assert await kept(post) == before + len(parts[0])
    await post.hand_over(envelope)
    assert await kept(post) == room.MAX_KEPT
    with pytest.raises(QuotaExceeded) as refused:
        await post.put("UTO", "attachment-for-which-there-is-no-room", 0, parts[0])
    assert (refused.value.field, refused.value.retry_after_s) == ("body", room.ROOM_AGAIN_S)
    with pytest.raises(QuotaExceeded):
        await post.send("UTO", "FRA")
    # What is there already is answered as ever.
    assert (await post.hand_over(envelope)).result
    for code in ("FRA", "ITA"):
        await post.collect(code, envelope)
    assert await kept(post) == before


async def test_what_another_bureau_keeps_takes_no_room(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    await post.send("UTO", "FRA")
    assert await kept(post)
    envelope = await post.envelope("ALB", "FRA")
    size = sum(len(envelope.body) + len(key.sealed) for key in envelope.keys)
    monkeypatch.setattr(room, "MAX_KEPT", await kept(post, "ALB") + size)
    assert (await post.hand_over(envelope)).result


async def test_of_two_that_come_at_once_both_count(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [sealed_file(b"a file") for _ in range(4)]
    monkeypatch.setattr(room, "MAX_KEPT", await kept(post) + len(files[0][1][0]))
    came = await asyncio.gather(
        *(post.put("UTO", attachment.id, 0, parts[0]) for attachment, parts in files), return_exceptions=True
    )
    assert [isinstance(each, QuotaExceeded) for each in came].count(True) == 3
