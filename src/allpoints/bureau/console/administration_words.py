"""The words for what administrators see: acts in the trail, acts that need two people, keys, standing at hubs."""

from collections.abc import Mapping

from allpoints.bureau.administration import CHANGE_PEOPLE, REVOKE_KEY, ROTATE_KEY
from allpoints.bureau.console.words import P_
from allpoints.bureau.hub_keys import Standing
from allpoints.bureau.node import CANCEL_NOTICE
from allpoints.bureau.store.trail import Done, TrailEntry
from allpoints.bureau.vault import KeyKind, KeyState

ADMINISTRATION_WORDS: dict[str, Mapping[str, tuple[str, str]]] = {
    "done": {
        Done.SIGNED_IN: P_("done", "signed in"),
        Done.SIGN_IN_REFUSED: P_("done", "sign-in refused"),
        Done.SIGNED_OUT: P_("done", "signed out"),
        Done.ROLE_CHOSEN: P_("done", "role chosen"),
        Done.PERSON_ADDED: P_("done", "account made"),
        Done.PERSON_CHANGED: P_("done", "account changed"),
        Done.PERSON_DEACTIVATED: P_("done", "account deactivated"),
        Done.PERSON_RESET: P_("done", "ways to sign in reset"),
        Done.OPENID_LINKED: P_("done", "provider's account linked"),
        Done.TOKEN_MADE: P_("done", "token made"),
        Done.TOKEN_ENDED: P_("done", "token ended"),
        Done.TOKEN_REFUSED: P_("done", "token refused"),
        Done.INVITATION_ACCEPTED: P_("done", "way to sign in set up"),
        Done.PASSWORD_CHANGED: P_("done", "password changed"),
        Done.PASSKEY_ADDED: P_("done", "passkey added"),
        Done.PASSKEY_REMOVED: P_("done", "passkey removed"),
        Done.PROPOSED: P_("done", "proposed"),
        Done.APPROVED: P_("done", "approved"),
        Done.DECLINED: P_("done", "declined"),
        Done.KEY_ROTATED: P_("done", "key rotated"),
        Done.KEY_REVOKED: P_("done", "key revoked"),
        Done.REFUSED: P_("done", "refused"),
    },
    "way-in": {
        "password and code": P_("way-in", "password and code"),
        "password and codes": P_("way-in", "password and codes"),
        "recovery code": P_("way-in", "recovery code"),
        "passkey": P_("way-in", "passkey"),
        "openid": P_("way-in", "provider's account"),
        "change of password": P_("way-in", "change of password"),
    },
    "proposed-act": {
        CHANGE_PEOPLE: P_("proposed-act", "change an account"),
        ROTATE_KEY: P_("proposed-act", "rotate a key"),
        REVOKE_KEY: P_("proposed-act", "revoke a key"),
        CANCEL_NOTICE: P_("proposed-act", "cancel a notice"),
    },
    "proposal-state": {
        "open": P_("proposal-state", "waits for a second person"),
        "approved": P_("proposal-state", "approved, and not done yet"),
    },
    "key-kind": {
        KeyKind.SIGNING: P_("key-kind", "signing key"),
        KeyKind.SEALING: P_("key-kind", "sealing key"),
    },
    "key-state": {
        KeyState.NEXT: P_("key-state", "made, not known to every hub yet"),
        KeyState.CURRENT: P_("key-state", "in use"),
        KeyState.FORMER: P_("key-state", "replaced"),
        KeyState.REVOKED: P_("key-state", "revoked"),
    },
    "hub-standing": {
        Standing.UNKNOWN: P_("hub-standing", "not reached yet"),
        Standing.ASKED: P_("hub-standing", "asked to become a member"),
        Standing.MEMBER: P_("hub-standing", "member"),
    },
}
"""As `words.WORDS`."""

_BY_WAY_IN = frozenset({Done.SIGNED_IN, Done.SIGN_IN_REFUSED, Done.INVITATION_ACCEPTED})
_OF_ROLES = frozenset({Done.PERSON_ADDED, Done.PERSON_CHANGED})
_OF_PROPOSALS = frozenset({Done.PROPOSED, Done.APPROVED, Done.DECLINED})


def pieces(entry: TrailEntry) -> list[tuple[str, str]]:
    """The detail of an entry in pieces, each with what it is a word for; nothing for what is shown as it stands."""
    if entry.act in _BY_WAY_IN:
        return [("way-in", entry.detail)]
    if entry.act in _OF_ROLES:
        return [("role", role) for role in entry.detail.split(", ") if role]
    if entry.act == Done.ROLE_CHOSEN:
        role, _, purpose = entry.detail.partition(", ")
        return [("role", role), ("purpose", purpose)]
    if entry.act in _OF_PROPOSALS:
        number, _, act = entry.detail.partition(": ")
        return [("", number), ("proposed-act", act)]
    return [("", entry.detail)]
