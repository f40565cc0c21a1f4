"""No answer of the hub has a template, a picture as it was contributed, or a key in it, whoever asks for whatever."""

import base64
import itertools
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from tests.hub.signed import JSON, Request, get, http, post, send
from tests.hubs import RunningHub, asker

from allpoints.hub.operations import OPERATIONS
from allpoints.modalities import FINGERPRINTS
from allpoints.records import Asker, Fingerprint
from allpoints.records.evidence import Check

PRINT = next(each for each in FINGERPRINTS.examples() if isinstance(each, Fingerprint))
OWNER = asker("ITA", "operator", "criminal-investigation", "police")
ASKERS = [
    OWNER,
    asker("UTO", "operator", "criminal-investigation", "police", user="u-2"),
    asker("UTO", "examiner", "criminal-investigation", "police", user="u-3"),
    asker("UTO", "supervisor", "criminal-investigation", "police", user="u-4"),
    asker("HUB", "data-protection-officer", "oversight", "bureau"),
]


class Found(msgspec.Struct, frozen=True):
    """What was contributed, and what a check made of it."""

    record: int
    entry: str
    examination: int
    answers: tuple[bytes, ...]


@pytest.fixture(scope="module")
def found(hub: RunningHub) -> Found:
    """A record with a print, and an examination of another bureau that it is a candidate of."""
    said = {
        "reference": "R-nothing-leaves",
        "kind": "person",
        "identifiers": [],
        "particulars": {"reason": "wanted"},
        "biometrics": [PRINT],
    }
    kept = post(hub, OWNER, "/v1/records", said, idempotency_key="nothing-leaves")
    assert kept.status_code == 201, kept.content
    for _ in range(50):
        answer = post(hub, ASKERS[1], "/v1/checks/biometric", Check((PRINT,)))
        assert answer.status_code == 200, answer.content
        if (number := answer.json()["examination"]) is not None:
            return Found(kept.json()["id"], kept.json()["entry"], number, (kept.content, answer.content))
    raise TimeoutError("the record was not found")


def secrets_of(hub: RunningHub) -> Iterator[bytes]:
    """Pieces of what must stay inside, in every spelling that JSON could have them in."""
    template = FINGERPRINTS.dump(FINGERPRINTS.encode(PRINT))
    key = bytes.fromhex((hub.folder / "template.key").read_text())
    for secret in (template, PRINT.image, key):
        for start in range(0, max(1, len(secret) - 24), max(1, len(secret) // 32)):
            piece = secret[start : start + 24]
            if len(set(piece)) < 6:
                continue  # a run of one colour stands in any picture
            yield piece
            yield piece.hex().encode()
            for shift in range(3):
                yield base64.b64encode(bytes(shift) + piece)[4:-4]


def requests(found: Found) -> Iterator[str]:
    """Every reading route, with what there is in place of its parameters."""
    values = {
        "record_id": found.record,
        "examination_id": found.examination,
        "number": found.examination,
        "entry": found.entry,
        "bureau": "UTO",
        "link_id": 1,
        "key": "none",
        "confirmation_id": 1,
        "message_id": "m" * 22,
        "attachment_id": "a" * 22,
        "part": 0,
        "notice_id": 1,
        "picture": 1,
        "year": 2026,
        "serial": "1-R",
    }
    for operation in OPERATIONS:
        if operation.method != "get" or operation.path.endswith("/stream"):
            continue
        path = operation.path
        for name, value in values.items():
            path = path.replace(f"{{{name}}}", str(value))
        path = path.replace("{candidate_id}", str(found.record)).replace("{candidate}", str(found.record))
        query = "?old=1&new=1" if operation.path.endswith("consistency") else ""
        yield path + query


def test_no_route_gives_back_a_template_or_a_key(hub: RunningHub, found: Found) -> None:
    answers: list[tuple[str, bytes]] = [("contributed and checked", each) for each in found.answers]
    read = 0
    for path, who in itertools.product(requests(found), ASKERS):
        assert "{" not in path, path
        answer = get(hub, who, path)
        read += answer.status_code == 200
        answers.append((f"{path} as {who.role}", answer.content))
    assert read > 30
    answers.append(("/metrics", http.get(f"{hub.url}/metrics").content))
    answers.append(("the process log", hub.log().encode()))
    for secret in secrets_of(hub):
        assert [where for where, content in answers if secret in content] == []


def test_the_pieces_are_found_where_they_do_stand(hub: RunningHub) -> None:
    """The guard of the test above."""
    sent = msgspec.json.encode(Check((PRINT,)))
    assert any(secret in sent for secret in secrets_of(hub))


def test_what_was_withdrawn_has_no_picture_left_for_an_examiner(hub: RunningHub, found: Found) -> None:
    """Last: it ends the record of this file."""
    request = Request(method="DELETE", target=f"/v1/records/{found.record}", asker=OWNER, headers=JSON)
    assert send(hub, request).status_code == 200
    with hub.superuser() as connection:
        for table in ("pictures", "templates"):
            rows: Any = connection.execute(
                f"SELECT count(*) FROM {table} WHERE record_id = %s".encode(), [found.record]
            ).fetchone()
            assert rows == (0,)
    answer = post(hub, _fresh(ASKERS[1]), "/v1/checks/biometric", Check((PRINT,)))
    assert found.record not in [hit["record"] for hit in answer.json()["hits"]]


def _fresh(who: Asker) -> Asker:
    return msgspec.structs.replace(who, user="u-9")
