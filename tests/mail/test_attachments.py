"""Attachments on their way: uploaded in any order and again, whole when the message is sent, and nobody else's."""

import pytest
from msgspec.structs import replace
from tests.posting import CONTENT, Post, sealed_file

from allpoints.access import Action
from allpoints.bureau.sealed import open_parts
from allpoints.errors import Conflict, InvalidValue, NotFound, TooLarge
from allpoints.mail import attachments
from allpoints.steps.authorise import Admitted
from allpoints.steps.commit import Done, Work
from allpoints.store.acts import Act
from allpoints.wire.envelopes import MAX_PARTS, PART, PART_OVERHEAD

FILE = b"0123456789abcdef" * (PART // 16) + b"the end"


async def there(post: Post, code: str, attachment: str) -> Done:
    """Which parts are there."""

    async def task(act: Act, _: Admitted) -> Work:
        return await attachments.parts(act, attachment)

    return await post.act(code, Action.UPLOAD_ATTACHMENT, task)


async def drop(post: Post, code: str, attachment: str) -> Done:
    """Drop an attachment."""

    async def task(act: Act, _: Admitted) -> Work:
        return await attachments.drop(act, attachment)

    return await post.act(code, Action.UPLOAD_ATTACHMENT, task)


async def test_an_attachment_goes_with_its_message(post: Post) -> None:
    attachment = await post.upload("ALB", FILE)
    envelope = await post.send("ALB", "FRA", "ITA", content=replace(CONTENT, attachments=(attachment,)))
    for code in ("FRA", "ITA"):
        copy = await post.copy(code, envelope)
        assert copy is not None
        opened = (await post.bureau(code)).opens(copy, await post.bureau("ALB"))
        parts = [await post.fetch(code, attachment.id, number) for number in range(2)]
        assert b"".join(open_parts(opened.attachments[0], parts)) == FILE
        assert post.corridor.told(code)[-1]["size"] == len(envelope.body) + sum(map(len, parts))


async def test_an_attachment_is_there_for_those_for_whom_its_message_waits(post: Post) -> None:
    attachment = await post.upload("ALB", b"a file")
    with pytest.raises(NotFound):
        await post.fetch("FRA", attachment.id, 0)
    envelope = await post.send("ALB", "FRA", "ITA", content=replace(CONTENT, attachments=(attachment,)))
    assert await post.fetch("FRA", attachment.id, 0)
    with pytest.raises(NotFound):
        await post.fetch("UTO", attachment.id, 0)
    for number in (1, -1, 10**9):
        with pytest.raises(NotFound):
            await post.fetch("FRA", attachment.id, number)
    await post.collect("FRA", envelope)
    with pytest.raises(NotFound):
        await post.fetch("FRA", attachment.id, 0)
    assert await post.fetch("ITA", attachment.id, 0)
    await post.collect("ITA", envelope)
    with post.corridor.connection() as connection:
        left = connection.execute("SELECT 1 FROM attachments WHERE id = %s", [attachment.id]).fetchall()
        parts = "SELECT 1 FROM attachment_parts WHERE attachment_id = %s"
        assert (left, connection.execute(parts, [attachment.id]).fetchall()) == ([], [])


async def test_an_upload_goes_on_where_it_broke(post: Post) -> None:
    attachment, parts = sealed_file(FILE)
    assert (await post.put("ALB", attachment.id, 1, parts[1])).result.parts == (1,)
    found = (await there(post, "ALB", attachment.id)).result
    assert (found.parts, found.size) == ((1,), len(parts[1]))
    # The answer was lost: the same again changes nothing, another part is refused.
    assert (await post.put("ALB", attachment.id, 1, parts[1])).result.parts == (1,)
    with pytest.raises(Conflict):
        await post.put("ALB", attachment.id, 1, parts[1][:-1] + b"x")
    envelope = await post.envelope("ALB", "FRA", content=replace(CONTENT, attachments=(attachment,)))
    with pytest.raises(InvalidValue, match="all of its 2 parts") as refused:
        await post.hand_over(envelope)
    assert refused.value.field == "head.attachments"
    assert (await there(post, "ALB", attachment.id)).result == found, "a refused message takes nothing along"
    await post.put("ALB", attachment.id, 0, parts[0])
    assert (await post.hand_over(envelope)).result


async def test_an_attachment_that_was_cut_or_has_another_size_is_not_sent(post: Post) -> None:
    for parts_sent, last in (([0], None), ([1], None), ([0, 1], -1), ([], None)):
        attachment, parts = sealed_file(FILE)
        for number in parts_sent:
            await post.put("ALB", attachment.id, number, parts[number][: last if number == 1 else None])
        envelope = await post.envelope("ALB", "FRA", content=replace(CONTENT, attachments=(attachment,)))
        with pytest.raises(InvalidValue) as refused:
            await post.hand_over(envelope)
        assert refused.value.field == "head.attachments"


async def test_an_attachment_belongs_to_one_message(post: Post) -> None:
    attachment = await post.upload("ALB", b"a file")
    content = replace(CONTENT, attachments=(attachment,))
    await post.send("ALB", "FRA", content=content)
    again = await post.envelope("ALB", "ITA", content=content)
    with pytest.raises(InvalidValue, match="is not there"):
        await post.hand_over(again)
    with pytest.raises(Conflict, match="belongs to a message"):
        await post.put("ALB", attachment.id, 1, b"x" * 100)
    with pytest.raises(NotFound):
        await drop(post, "ALB", attachment.id)


async def test_nobody_touches_the_attachment_of_another(post: Post) -> None:
    attachment = await post.upload("ALB", b"a file")
    with pytest.raises(Conflict, match="another bureau"):
        await post.put("FRA", attachment.id, 1, b"x" * 100)
    for attempt in (there, drop):
        with pytest.raises(NotFound):
            await attempt(post, "FRA", attachment.id)
    theirs = await post.envelope("FRA", "ITA", content=replace(CONTENT, attachments=(attachment,)))
    with pytest.raises(InvalidValue, match="is not there"):
        await post.hand_over(theirs)
    assert (await drop(post, "ALB", attachment.id)).result.parts == ()
    with pytest.raises(NotFound):
        await there(post, "ALB", attachment.id)


@pytest.mark.parametrize("size", [0, PART_OVERHEAD, PART + PART_OVERHEAD + 1])
async def test_a_part_has_a_size_that_is_possible(post: Post, size: int) -> None:
    with pytest.raises(TooLarge):
        await post.put("ALB", "attachment-of-a-wrong-size", 0, bytes(size))


async def test_parts_have_their_numbers_and_attachments_their_ids(post: Post) -> None:
    for number in (-1, MAX_PARTS, 10**9):
        with pytest.raises(InvalidValue):
            await post.put("ALB", "attachment-of-a-wrong-number", number, b"x" * 100)
    with pytest.raises(InvalidValue):
        await post.put("ALB", "short", 0, b"x" * 100)


async def test_the_log_says_which_part(post: Post) -> None:
    attachment, parts = sealed_file(b"a file")
    [entry] = post.corridor.entries(await post.put("ALB", attachment.id, 0, parts[0]))
    assert (entry.act, entry.reader, entry.subject) == ("upload-attachment", "ALB", f"{attachment.id} 0")
