"""The words for notices and diffusions: what each colour is for and requires, and the steps of their lives."""

from collections.abc import Mapping

from allpoints.bureau.console.words import P_
from allpoints.records.colours import Colour, NoticeKind
from allpoints.records.notices import PublicField, Standing
from allpoints.records.review import Item, ReviewDecision
from allpoints.wire.notices import NoticeState, Step

NOTICE_WORDS: dict[str, Mapping[str, tuple[str, str]]] = {
    "notice-kind": {
        NoticeKind.NOTICE: P_("notice-kind", "notices"),
        NoticeKind.DIFFUSION: P_("notice-kind", "diffusions"),
    },
    "colour-alone": {
        Colour.RED: P_("colour-alone", "red"),
        Colour.YELLOW: P_("colour-alone", "yellow"),
        Colour.BLUE: P_("colour-alone", "blue"),
        Colour.BLACK: P_("colour-alone", "black"),
        Colour.GREEN: P_("colour-alone", "green"),
        Colour.ORANGE: P_("colour-alone", "orange"),
        Colour.PURPLE: P_("colour-alone", "purple"),
        Colour.SILVER: P_("colour-alone", "silver"),
        Colour.SPECIAL: P_("colour-alone", "special"),
    },
    "diffusion": {
        Colour.RED: P_("diffusion", "red diffusion: wanted"),
        Colour.YELLOW: P_("diffusion", "yellow diffusion: missing"),
        Colour.BLUE: P_("diffusion", "blue diffusion: information"),
        Colour.BLACK: P_("diffusion", "black diffusion: unidentified body"),
        Colour.GREEN: P_("diffusion", "green diffusion: warning"),
        Colour.ORANGE: P_("diffusion", "orange diffusion: threat"),
        Colour.PURPLE: P_("diffusion", "purple diffusion: modus operandi"),
        Colour.SILVER: P_("diffusion", "silver diffusion: assets"),
        Colour.SPECIAL: P_("diffusion", "special diffusion: sanctions"),
    },
    "notice-state": {
        NoticeState.REQUESTED: P_("notice-state", "waits for review"),
        NoticeState.RETURNED: P_("notice-state", "returned with questions"),
        NoticeState.PUBLISHED: P_("notice-state", "published"),
        NoticeState.SUSPENDED: P_("notice-state", "suspended"),
        NoticeState.SENT: P_("notice-state", "in force"),
        NoticeState.REFUSED: P_("notice-state", "refused"),
        NoticeState.CANCELLED: P_("notice-state", "cancelled"),
        NoticeState.EXPIRED: P_("notice-state", "expired"),
    },
    "step": {
        Step.REQUESTED: P_("step", "requested"),
        Step.SENT: P_("step", "sent"),
        Step.CORRECTED: P_("step", "corrected"),
        Step.PUBLISHED: P_("step", "published"),
        Step.RETURNED: P_("step", "returned with questions"),
        Step.REFUSED: P_("step", "refused"),
        Step.SUSPENDED: P_("step", "suspended"),
        Step.LIFTED: P_("step", "suspension lifted"),
        Step.CANCELLED: P_("step", "cancelled"),
        Step.EXPIRED: P_("step", "expired"),
    },
    "item": {
        Item.POLITICAL: P_(
            "item", "Is it free of political character: no act of opinion, of opposition or of office?"
        ),
        Item.MILITARY: P_(
            "item", "Is it free of military character: no desertion, no refusal to serve, no act of war?"
        ),
        Item.RELIGIOUS: P_("item", "Is it free of religious character: no faith, no apostasy, no blasphemy?"),
        Item.RACIAL: P_(
            "item", "Is it free of racial character: nobody is described or sought for descent or origin?"
        ),
        Item.QUALITY: P_("item", "Are the data accurate, relevant, up to date and not more than is needed?"),
        Item.PURPOSE: P_(
            "item", "Does it serve the purpose of its colour, and does it rest on what that colour requires?"
        ),
    },
    "review-decision": {
        ReviewDecision.PUBLISH: P_("review-decision", "Publish"),
        ReviewDecision.RETURN: P_("review-decision", "Return with questions"),
        ReviewDecision.REFUSE: P_("review-decision", "Refuse"),
    },
    "ground": {
        "facts": P_("ground", "What happened, with place and time"),
        "offence": P_("ground", "Offence"),
        "law": P_("ground", "Provisions that make it an offence"),
        "order": P_("ground", "Warrant or judgement"),
        "penalty": P_("ground", "Penalty"),
        "standing": P_("ground", "What the person is to the investigation"),
        "sought": P_("ground", "What is to be found out or done"),
        "place": P_("ground", "Where last seen, or where found"),
        "found": P_("ground", "Day on which it was found"),
        "assessment": P_("ground", "Which authority takes them for dangerous, and why"),
        "danger": P_("ground", "What is imminent, and to whom"),
        "method": P_("ground", "How it is done, hidden or made"),
        "decision": P_("ground", "Resolution, and place in its list"),
    },
    "order": {
        "warrant": P_("order", "warrant, to stand trial"),
        "judgement": P_("order", "judgement, to serve a sentence"),
    },
    "standing-in-case": {
        Standing.SUSPECT: P_("standing-in-case", "suspect"),
        Standing.CHARGED: P_("standing-in-case", "charged"),
        Standing.CONVICTED: P_("standing-in-case", "convicted"),
        Standing.WITNESS: P_("standing-in-case", "witness"),
        Standing.VICTIM: P_("standing-in-case", "victim"),
    },
    "public-field": {
        PublicField.NAMES: P_("public-field", "names"),
        PublicField.BIRTH: P_("public-field", "date of birth"),
        PublicField.SEX: P_("public-field", "sex"),
        PublicField.NATIONALITIES: P_("public-field", "nationalities"),
        PublicField.DESCRIPTION: P_("public-field", "description"),
        PublicField.SINCE: P_("public-field", "since when"),
        PublicField.FACTS: P_("public-field", "what happened"),
        PublicField.OFFENCE: P_("public-field", "offence"),
        PublicField.PLACE: P_("public-field", "place"),
        PublicField.FOUND: P_("public-field", "day on which it was found"),
    },
    # By the words of `records.notice_requirements`.
    "colour-purpose": {
        "find a person who is wanted to stand trial or serve a sentence, and hold them for extradition": P_(
            "colour-purpose",
            "find a person who is wanted to stand trial or serve a sentence, and hold them for extradition",
        ),
        "find a missing person, or find out who somebody is who cannot say it": P_(
            "colour-purpose",
            "find a missing person, or find out who somebody is who cannot say it",
        ),
        "find, identify or learn more about a person who matters to an investigation": P_(
            "colour-purpose",
            "find, identify or learn more about a person who matters to an investigation",
        ),
        "find out whose body was found": P_(
            "colour-purpose",
            "find out whose body was found",
        ),
        "warn of a person who is a danger to the public and likely to commit crimes again": P_(
            "colour-purpose",
            "warn of a person who is a danger to the public and likely to commit crimes again",
        ),
        "warn of a person, thing or event that is an imminent danger": P_(
            "colour-purpose",
            "warn of a person, thing or event that is an imminent danger",
        ),
        "tell how crimes are committed: methods, objects, devices, hiding places": P_(
            "colour-purpose",
            "tell how crimes are committed: methods, objects, devices, hiding places",
        ),
        "find, identify or watch what was got by crime": P_(
            "colour-purpose",
            "find, identify or watch what was got by crime",
        ),
        "tell of a person or thing on which the Security Council of the United Nations has put sanctions": P_(
            "colour-purpose",
            "tell of a person or thing on which the Security Council of the United Nations has put sanctions",
        ),
    },
    "need": {
        "a name with a birth or a nationality, or biometrics": P_(
            "need",
            "a name with a birth or a nationality, or biometrics",
        ),
        "the warrant or judgement: its number, day and issuing authority": P_(
            "need",
            "the warrant or judgement: its number, day and issuing authority",
        ),
        "the offence, as the order or the file names it": P_(
            "need",
            "the offence, as the order or the file names it",
        ),
        "the provisions that make it an offence": P_(
            "need",
            "the provisions that make it an offence",
        ),
        "what happened, with place and time": P_(
            "need",
            "what happened, with place and time",
        ),
        "with a warrant a maximum penalty of 24 months or more, with a judgement 6 months or more that remain": P_(
            "need",
            "with a warrant a maximum penalty of 24 months or more, with a judgement 6 months or more that remain",
        ),
        "a name, an identifier or biometrics": P_(
            "need",
            "a name, an identifier or biometrics",
        ),
        "since when they are missing": P_(
            "need",
            "since when they are missing",
        ),
        "where they were seen last": P_(
            "need",
            "where they were seen last",
        ),
        "what the person is to the investigation": P_(
            "need",
            "what the person is to the investigation",
        ),
        "what is to be found out or done": P_(
            "need",
            "what is to be found out or done",
        ),
        "a description, a picture or biometrics by which somebody can be recognised": P_(
            "need",
            "a description, a picture or biometrics by which somebody can be recognised",
        ),
        "when the body was found": P_(
            "need",
            "when the body was found",
        ),
        "where the body was found": P_(
            "need",
            "where the body was found",
        ),
        "which authority takes them for dangerous, and why": P_(
            "need",
            "which authority takes them for dangerous, and why",
        ),
        "what is imminent, and to whom": P_(
            "need",
            "what is imminent, and to whom",
        ),
        "how it is done, hidden or made": P_(
            "need",
            "how it is done, hidden or made",
        ),
        "an identifier or a description of the asset": P_(
            "need",
            "an identifier or a description of the asset",
        ),
        "the Security Council's resolution and the place in its list": P_(
            "need",
            "the Security Council's resolution and the place in its list",
        ),
    },
}
"""As `words.WORDS`."""
