"""The operations on sealed messages, their attachments, and the keys for them."""

import msgspec

from allpoints.hub.operations.operation import PAGE, Gives, Operation, Takes
from allpoints.hub.routes.mail import BYTES
from allpoints.mail.carrying import Collection
from allpoints.wire import messages as wire

MESSAGES: tuple[Operation, ...] = (
    Operation(
        method="post",
        path="/v1/messages",
        summary="Hand over a sealed message",
        takes=Takes(wire.Envelope),
        gives=Gives(wire.Handover),
    ),
    Operation(
        method="get",
        path="/v1/messages",
        summary="Sealed messages that wait for one's bureau",
        gives=Gives(wire.Waiting),
        query=PAGE,
    ),
    Operation(
        method="post",
        path="/v1/messages/collections",
        summary="Say which messages one's bureau has now",
        takes=Takes(Collection),
        gives=Gives(wire.Collected),
    ),
    Operation(
        method="get",
        path="/v1/messages/{message_id}/delivery",
        summary="Who has fetched an own message",
        gives=Gives(wire.Delivery),
    ),
    Operation(
        method="delete",
        path="/v1/messages/{message_id}",
        summary="Take an own message back from those who have not fetched it",
        gives=Gives(wire.Delivery),
    ),
    Operation(
        method="put",
        path="/v1/attachments/{attachment_id}/parts/{part}",
        summary="Hand over a sealed part of an attachment",
        takes=Takes(msgspec.Raw, BYTES),
        gives=Gives(wire.AttachmentParts),
    ),
    Operation(
        method="get",
        path="/v1/attachments/{attachment_id}/parts/{part}",
        summary="Fetch a sealed part of an attachment",
        gives=Gives(msgspec.Raw, BYTES),
    ),
    Operation(
        method="get",
        path="/v1/attachments/{attachment_id}",
        summary="Which parts of an own attachment are there",
        gives=Gives(wire.AttachmentParts),
    ),
    Operation(
        method="delete",
        path="/v1/attachments/{attachment_id}",
        summary="Drop an own attachment that belongs to no message",
        gives=Gives(wire.AttachmentParts),
    ),
    Operation(
        method="get",
        path="/v1/bureaus/{bureau}/public-keys",
        summary="The public keys of a bureau",
        gives=Gives(wire.PublicKeys),
    ),
    Operation(
        method="put",
        path="/v1/bureaus/{bureau}/sealing-keys/{key}",
        summary="Publish a sealing key of one's own bureau",
        takes=Takes(wire.SealingKey),
        gives=Gives(wire.PublicKeys),
    ),
    Operation(
        method="delete",
        path="/v1/bureaus/{bureau}/sealing-keys/{key}",
        summary="Retire a sealing key of one's own bureau",
        gives=Gives(wire.PublicKeys),
    ),
)
"""Messages, attachments, public keys."""
