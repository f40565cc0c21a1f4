"""The words for what administrators see: acts in the trail, acts that need two people, keys, standing at hubs."""

import re
from collections.abc import Mapping

from allpoints.bureau.administration import CHANGE_PEOPLE, REVOKE_KEY, ROTATE_KEY
from allpoints.bureau.console.words import P_, WORDS
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
        "password and recovery code": P_("way-in", "password and recovery code"),
        "passkey": P_("way-in", "passkey"),
        "openid": P_("way-in", "provider's account"),
        "change of password": P_("way-in", "change of password"),
    },
    "token": {
        "the token is not known here": P_("token", "the token is not known here"),
        "the token has ended": P_("token", "the token has ended"),
        "the token's time is up": P_("token", "the token's time is up"),
        "the token's account has not its right any more": P_(
            "token", "the token's account has not its right any more"
        ),
        "with the right": P_("token", "with the right"),
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

_SEPARATORS = re.compile("(: |, )")
_SAID_OF: Mapping[str, tuple[str, ...]] = {
    Done.SIGNED_IN: ("way-in",),
    Done.SIGN_IN_REFUSED: ("way-in",),
    Done.INVITATION_ACCEPTED: ("way-in",),
    Done.ROLE_CHOSEN: ("role", "purpose"),
    Done.PERSON_ADDED: ("role",),
    Done.PERSON_CHANGED: ("role",),
    Done.PERSON_DEACTIVATED: ("role",),
    Done.PERSON_RESET: ("role",),
    Done.TOKEN_MADE: ("role", "purpose"),
    Done.TOKEN_ENDED: ("token",),
    Done.TOKEN_REFUSED: ("token",),
    Done.PROPOSED: ("proposed-act",),
    Done.APPROVED: ("proposed-act",),
    Done.DECLINED: ("proposed-act",),
}
"""Of what an act's detail is made, where it is made of codes."""
_CODES = {**WORDS, **ADMINISTRATION_WORDS}


def pieces(entry: TrailEntry) -> list[tuple[str, str]]:
    """An entry's detail and what stands between its codes, each with what it is a word for; else nothing."""
    kinds = _SAID_OF.get(entry.act, ())
    return [
        (next((kind for kind in kinds if piece in _CODES[kind]), ""), piece)
        for piece in _SEPARATORS.split(entry.detail)
    ]
