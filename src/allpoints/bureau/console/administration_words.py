"""The words for what administrators see: acts in the trail, acts that need two people, keys, standing at hubs."""

from collections.abc import Mapping

from allpoints.bureau.administration import CHANGE_PEOPLE, REVOKE_KEY, ROTATE_KEY
from allpoints.bureau.console.words import P_
from allpoints.bureau.hub_keys import Standing
from allpoints.bureau.node import CANCEL_NOTICE
from allpoints.bureau.store.trail import Done
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
