"""What becomes of contributed lines: good ones are stored, bad ones are named."""

import msgspec
import pytest
from tests.corridors import Corridor, contribution, operator, plate

from allpoints.errors import Conflict, InvalidValue, MalformedInput, TooLarge
from allpoints.records import Contribution
from allpoints.steps.decode import MAX_LINES
from allpoints.steps.repeating import MAX_KEY

ITALY = operator("ITA")


async def upload(corridor: Corridor, body: bytes, key: str) -> list[tuple[int, bool, str | None]]:
    message = corridor.message(ITALY, body, path="/v1/records/bulk", idempotency_key=key)
    done = await corridor.pipeline.contribute(message)
    return [(s.line, s.id is not None, s.error.field if s.error else None) for s in done.result]


def line(contributed: Contribution) -> bytes:
    return msgspec.json.encode(contributed)


async def test_a_bad_line_is_named_and_spares_the_others(corridor: Corridor) -> None:
    body = b"\n".join(
        [
            line(contribution(plate())),
            b'{"reference": "x"',
            line(contribution(("phone", "12"))),
            b'{"reference": "x", "kind": "vehicle", "identifiers": [], "particulars": {}}',
            line(contribution(plate(), reference="\t")),
            line(contribution(plate())),
        ]
    )
    assert await upload(corridor, body, "bad-lines") == [
        (1, True, None),
        (2, False, "body"),
        (3, False, "identifiers[0].value"),
        (4, False, "particulars"),
        (5, False, "reference"),
        (6, True, None),
    ]


async def test_an_unknown_condition_is_refused_and_never_ignored(corridor: Corridor) -> None:
    written = msgspec.json.decode(line(contribution(plate())))
    written["conditions"] = {"disclosur": "silent"}
    [(_, kept, field)] = await upload(corridor, msgspec.json.encode(written), "misspelt")
    assert not kept
    assert field
    assert field.startswith("conditions")


@pytest.mark.parametrize("key", [None, "k" * (MAX_KEY + 1)])
async def test_an_upload_without_a_usable_key_is_refused(corridor: Corridor, key: str | None) -> None:
    headers = {"idempotency_key": key} if key else {}
    message = corridor.message(ITALY, line(contribution(plate())), path="/v1/records/bulk", **headers)
    with pytest.raises(InvalidValue) as refusal:
        await corridor.pipeline.contribute(message)
    assert refusal.value.field == "Idempotency-Key"


async def test_an_upload_of_too_many_lines_is_refused_whole_and_its_key_stays_free(
    corridor: Corridor,
) -> None:
    good = line(contribution(plate()))
    with pytest.raises(TooLarge):
        await upload(corridor, good + b"\n{" * MAX_LINES, "too-many")
    assert await upload(corridor, good, "too-many") == [(1, True, None)]


async def test_one_record_alone_is_stored_or_refused_as_such(corridor: Corridor) -> None:
    async def one(body: bytes, key: str) -> object:
        message = corridor.message(ITALY, body, path="/v1/records", idempotency_key=key)
        return (await corridor.pipeline.contribute_one(message)).result

    record = contribution(plate())
    first, again = await one(line(record), "single"), await one(line(record), "single")
    assert first == again
    with pytest.raises(Conflict, match="reference"):
        await one(line(record), "single-again")
    with pytest.raises((MalformedInput, InvalidValue)):
        await one(line(contribution(plate())) + b"\n" + line(contribution(plate())), "two")
    with pytest.raises(InvalidValue) as refusal:
        await one(line(contribution(("phone", "12"))), "bad")
    assert refusal.value.field == "identifiers[0].value"


async def test_identifiers_of_hashed_schemes_come_back_to_their_owner_as_hashes(corridor: Corridor) -> None:
    [kept] = await corridor.contribute(ITALY, contribution(("payment-card", "4111111111111111")))
    async with corridor.database.act(ITALY) as act:
        held = await act.record(kept.id)
    assert held
    [identifier] = held.identifiers
    assert identifier.scheme == "payment-card"
    assert "4111" not in identifier.value
