"""The policies, read as a table: who may do what for which purpose."""

import cedarpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.strategies import askers

from allpoints.access import Action, BureauStatus, Policies
from allpoints.access.decide import policy_texts, schema_text
from allpoints.errors import Forbidden
from allpoints.records.bureaus import (
    OPERATIONAL_PURPOSES,
    SECRETARIAT,
    AgencyKind,
    Asker,
    Confidentiality,
    Purpose,
    Role,
)

POLICIES = Policies()
OWN, OTHER = "ALB", "ITA"

OPERATIONAL = frozenset(OPERATIONAL_PURPOSES)
OVERSIGHT = frozenset({Purpose.OVERSIGHT})
ADMIN = frozenset({Purpose.ADMINISTRATION})
WORKING = OPERATIONAL | ADMIN
GATE = frozenset({Purpose.BORDER_CONTROL})
BODIES = frozenset(
    {
        Purpose.CRIMINAL_INVESTIGATION,
        Purpose.COUNTER_TERRORISM,
        Purpose.MISSING_PERSONS,
        Purpose.VICTIM_IDENTIFICATION,
    }
)
BOTH = GATE | BODIES
ANY = frozenset(Purpose)
NEVER: frozenset[Purpose] = frozenset()

# What the people of an active bureau's own agency may do with what is theirs, and for which purposes.
#                      officer      operator     examiner     analyst      supervisor   protection admin
TABLE = {
    "check":              (OPERATIONAL, OPERATIONAL, OPERATIONAL, OPERATIONAL, OPERATIONAL, NEVER,     NEVER),
    "check-in-bulk":      (NEVER,       OPERATIONAL, NEVER,       OPERATIONAL, OPERATIONAL, NEVER,     NEVER),
    "check-biometrics":   (BOTH,        BOTH,        BOTH,        NEVER,       BODIES,      NEVER,     NEVER),
    "read-examinations":  (NEVER,       OPERATIONAL, OPERATIONAL, NEVER,       OPERATIONAL, NEVER,     NEVER),
    "assign-examination": (NEVER,       OPERATIONAL, OPERATIONAL, NEVER,       OPERATIONAL, NEVER,     NEVER),
    "examine":            (NEVER,       NEVER,       OPERATIONAL, NEVER,       NEVER,       NEVER,     NEVER),
    "contribute":         (NEVER,       WORKING,     NEVER,       NEVER,       WORKING,     NEVER,     NEVER),
    "contribute-biometrics":
                          (NEVER,       BOTH,        NEVER,       NEVER,       BODIES,      NEVER,     NEVER),
    "correct":            (NEVER,       WORKING,     NEVER,       NEVER,       WORKING,     NEVER,     NEVER),
    "withdraw":           (NEVER,       WORKING,     NEVER,       NEVER,       WORKING,     NEVER,     NEVER),
    "read-own-records":   (NEVER,       WORKING,     WORKING,     WORKING,     WORKING,     NEVER,     NEVER),
    "read-notifications": (NEVER,       WORKING,     NEVER,       NEVER,       WORKING,     NEVER,     NEVER),
    "acknowledge":        (NEVER,       WORKING,     NEVER,       NEVER,       WORKING,     NEVER,     NEVER),
    "read-links":         (NEVER,       WORKING,     NEVER,       WORKING,     WORKING,     NEVER,     NEVER),
    "decide-link":        (NEVER,       WORKING,     NEVER,       NEVER,       WORKING,     NEVER,     NEVER),
    "read-reads":         (NEVER,       WORKING,     NEVER,       NEVER,       WORKING,     OVERSIGHT, NEVER),
    "ask-confirmation":   (OPERATIONAL, OPERATIONAL, OPERATIONAL, NEVER,       OPERATIONAL, NEVER,     NEVER),
    "answer-confirmation":
                          (NEVER,       OPERATIONAL, NEVER,       NEVER,       OPERATIONAL, NEVER,     NEVER),
    "read-confirmations": (WORKING,     WORKING,     WORKING,     WORKING,     WORKING,     NEVER,     NEVER),
    "read-statistics":    (NEVER,       WORKING,     NEVER,       NEVER,       WORKING,     OVERSIGHT, NEVER),
    "request-notice":     (NEVER,       OPERATIONAL, NEVER,       NEVER,       OPERATIONAL, NEVER,     NEVER),
    "send-diffusion":     (NEVER,       OPERATIONAL, NEVER,       NEVER,       OPERATIONAL, NEVER,     NEVER),
    "correct-notice":     (NEVER,       OPERATIONAL, NEVER,       NEVER,       OPERATIONAL, NEVER,     NEVER),
    "cancel-notice":      (NEVER,       OPERATIONAL, NEVER,       NEVER,       OPERATIONAL, NEVER,     NEVER),
    "review-notice":      (NEVER,       NEVER,       NEVER,       NEVER,       NEVER,       NEVER,     NEVER),
    "suspend-notice":     (NEVER,       NEVER,       NEVER,       NEVER,       NEVER,       NEVER,     NEVER),
    "read-notices":       (OPERATIONAL, OPERATIONAL, OPERATIONAL, OPERATIONAL, OPERATIONAL, NEVER,     NEVER),
    "send-message":       (NEVER,       WORKING,     NEVER,       NEVER,       WORKING,     OVERSIGHT, NEVER),
    "upload-attachment":  (NEVER,       WORKING,     NEVER,       NEVER,       WORKING,     OVERSIGHT, NEVER),
    "recall-message":     (NEVER,       WORKING,     NEVER,       NEVER,       WORKING,     OVERSIGHT, NEVER),
    "read-delivery":      (NEVER,       WORKING,     NEVER,       NEVER,       WORKING,     OVERSIGHT, NEVER),
    "read-messages":      (NEVER,       WORKING,     NEVER,       NEVER,       WORKING,     NEVER,     NEVER),
    "collect-messages":   (NEVER,       WORKING,     NEVER,       NEVER,       WORKING,     NEVER,     NEVER),
    "publish-sealing-key":
                          (NEVER,       NEVER,       NEVER,       NEVER,       NEVER,       NEVER,     ADMIN),
    "retire-sealing-key": (NEVER,       NEVER,       NEVER,       NEVER,       NEVER,       NEVER,     ADMIN),
    "read-log":           (ANY,         ANY,         ANY,         ANY,         ANY,         ANY,       ANY),
    "read-whole-log":     (NEVER,       NEVER,       NEVER,       NEVER,       NEVER,       NEVER,     NEVER),
    "list-bureaus":       (ANY,         ANY,         ANY,         ANY,         ANY,         ANY,       ANY),
    "enrol":              (NEVER,       NEVER,       NEVER,       NEVER,       NEVER,       NEVER,     ADMIN),
    "approve-enrolment":  (NEVER,       NEVER,       NEVER,       NEVER,       NEVER,       NEVER,     NEVER),
    "rotate-key":         (NEVER,       NEVER,       NEVER,       NEVER,       NEVER,       NEVER,     ADMIN),
    "revoke-key":         (NEVER,       NEVER,       NEVER,       NEVER,       NEVER,       NEVER,     ADMIN),
}  # fmt: skip

# The kinds of agency whose case workers may check for a purpose.
AGENCIES = {
    "border-control": "bureau border-police customs immigration police",
    "criminal-investigation":
        "bureau border-police customs financial-intelligence fisheries judiciary laboratory police",
    "counter-terrorism": "bureau border-police customs financial-intelligence immigration judiciary police",
    "firearms-control": "bureau border-police customs firearms-registry police",
    "vehicle-crime": "bureau border-police customs judiciary police vehicle-registration",
    "drug-control": "bureau border-police customs fisheries judiciary laboratory police",
    "financial-crime": "bureau customs financial-intelligence judiciary police",
    "missing-persons": "bureau border-police immigration judiciary laboratory police",
    "victim-identification": "bureau judiciary laboratory police",
    "oversight": "",
    "administration": "",
}  # fmt: skip

# The kinds of agency whose people may check fingerprints and faces for a purpose; for no other purpose anybody.
BIOMETRIC_AGENCIES = {
    "border-control": "bureau border-police immigration police",
    "criminal-investigation": "bureau border-police laboratory police",
    "counter-terrorism": "bureau border-police immigration police",
    "missing-persons": "bureau border-police immigration police",
    "victim-identification": "bureau judiciary laboratory police",
}


def asker(**known: str) -> Asker:
    """An officer of a police force, except for what is said."""
    return Asker(
        bureau=known.get("bureau", OWN),
        user="u-1",
        agency=AgencyKind(known.get("agency", "police")),
        role=Role(known.get("role", "officer")),
        purpose=Purpose(known.get("purpose", "criminal-investigation")),
    )


def may(
    who: Asker,
    action: str,
    *,
    owner: str | None = None,
    status: BureauStatus = BureauStatus.ACTIVE,
) -> bool:
    """Whether `who` may do it, to what its own bureau owns where no owner is named."""
    act = Action(action)
    owned_by = None if act.asked_of_hub else owner or who.bureau
    # `decide` would look for the reason of each refusal as well, which is most of the work.
    allowed, _ = POLICIES._decision(who, act, owned_by, status)
    return allowed


def refusal(who: Asker, action: Action, **known: str) -> str:
    with pytest.raises(Forbidden) as caught:
        POLICIES.decide(who, action, **{"bureau_status": BureauStatus.ACTIVE, **known})
    return str(caught.value)


def test_the_table_speaks_of_every_action_and_the_agencies_of_every_purpose():
    assert set(TABLE) == set(Action)
    assert set(AGENCIES) == set(Purpose)


@pytest.mark.parametrize("action", TABLE)
def test_each_role_may_do_what_the_table_says_for_the_purposes_it_says(action: str):
    for role, purposes in zip(Role, TABLE[action], strict=True):
        allowed = {p for p in Purpose if may(asker(role=role, agency="bureau", purpose=p), action)}
        by_agency = {p for p in purposes if "check" not in action or "bureau" in AGENCIES[p].split()}
        assert allowed == by_agency, role


@pytest.mark.parametrize("purpose", AGENCIES)
def test_only_the_agencies_whose_task_it_is_check_for_a_purpose(purpose: str):
    allowed = {agency for agency in AgencyKind if may(asker(agency=agency, purpose=purpose), "check")}
    assert allowed == set(AGENCIES[purpose].split())


@pytest.mark.parametrize("purpose", Purpose)
def test_only_the_agencies_whose_task_it_is_check_biometrics_for_a_purpose(purpose: str):
    allowed = {a for a in AgencyKind if may(asker(agency=a, purpose=purpose), "check-biometrics")}
    assert allowed == set(BIOMETRIC_AGENCIES.get(purpose, "").split())


@pytest.mark.parametrize("purpose", Purpose)
def test_whose_task_it_is_not_to_check_biometrics_contributes_none_either(purpose: str):
    """The links of a contribution say what a check would."""
    who = {a: asker(agency=a, purpose=purpose, role="operator") for a in AgencyKind}
    allowed = {agency for agency, operator in who.items() if may(operator, "contribute-biometrics")}
    assert allowed == set(BIOMETRIC_AGENCIES.get(purpose, "").split())
    assert not any(may(operator, "contribute-biometrics", owner=OTHER) for operator in who.values())


@pytest.mark.parametrize("action", ["read-examinations", "assign-examination", "examine"])
def test_only_agencies_that_have_examiners_examine(action: str):
    allowed = {a for a in AgencyKind if may(asker(agency=a, role="examiner"), action)}
    assert allowed == {"bureau", "border-police", "immigration", "judiciary", "laboratory", "police"}


@settings(deadline=None)
@given(who=askers((SECRETARIAT,)))
def test_the_secretariat_touches_no_biometrics(who: Asker):
    for action in (
        "check-biometrics",
        "contribute-biometrics",
        "read-examinations",
        "assign-examination",
        "examine",
    ):
        assert not may(who, action)


@settings(deadline=None)
@given(who=askers((SECRETARIAT,)))
def test_the_secretariat_neither_asks_for_a_confirmation_nor_gives_one(who: Asker):
    for action in ("ask-confirmation", "answer-confirmation", "read-confirmations"):
        assert not may(who, action)


def test_the_secretariat_reviews_notices_and_requests_none():
    for role in Role:
        for purpose in Purpose:
            who = asker(bureau=SECRETARIAT, agency="bureau", role=role, purpose=purpose)
            reviewer = role in {Role.OPERATOR, Role.SUPERVISOR} and purpose is Purpose.ADMINISTRATION
            for action in ("review-notice", "suspend-notice", "cancel-notice", "read-notices"):
                assert may(who, action) is reviewer, (role, purpose, action)
            assert not any(may(who, a) for a in ("request-notice", "send-diffusion", "correct-notice"))


def test_border_officers_alone_among_officers_check_a_flight_in_bulk():
    allowed = {a for a in AgencyKind if may(asker(agency=a, purpose="border-control"), "check-in-bulk")}
    assert allowed == {"border-police"}


@given(who=askers((OWN, SECRETARIAT)), action=st.sampled_from(Action))
def test_what_another_bureau_owns_is_left_to_its_own_askers(who: Asker, action: Action):
    secretariat_may = {"approve-enrolment", "revoke-key"} if who.bureau == SECRETARIAT else set()
    if not action.asked_of_hub and action not in secretariat_may:
        assert not may(who, action, owner=OTHER)


@given(who=askers((SECRETARIAT,)))
def test_the_secretariat_neither_checks_nor_contributes(who: Asker):
    for action in ("check", "check-in-bulk", "contribute", "correct", "withdraw"):
        assert not may(who, action)


def test_only_the_secretariats_administrators_approve_enrolments_and_revoke_foreign_keys():
    for action in ("approve-enrolment", "revoke-key"):
        for role in Role:
            for purpose in Purpose:
                who = asker(bureau=SECRETARIAT, role=role, purpose=purpose)
                expected = role == "administrator" and purpose == "administration"
                assert may(who, action, owner=OTHER) is expected


@given(who=askers((OWN, SECRETARIAT)))
def test_only_the_secretariats_data_protection_officers_oversee_the_whole_log(who: Asker):
    expected = (who.bureau, who.role, who.purpose) == (SECRETARIAT, "data-protection-officer", "oversight")
    assert may(who, "read-whole-log") is expected


@given(who=askers(), action=st.sampled_from(Action), status=st.sampled_from(["suspended", "revoked"]))
def test_a_suspended_or_revoked_bureau_may_do_nothing(who: Asker, action: Action, status: str):
    assert not may(who, action, status=BureauStatus(status))


@given(who=askers(), action=st.sampled_from(Action))
def test_a_pending_bureau_may_only_enrol(who: Asker, action: Action):
    assert not may(who, action, status=BureauStatus.PENDING) or action is Action.ENROL


def test_a_pending_bureaus_administrator_may_enrol():
    who = asker(role="administrator", purpose="administration")
    assert may(who, "enrol", status=BureauStatus.PENDING)


def test_a_refusal_names_the_action_and_the_roles_that_could():
    said = refusal(asker(role="administrator"), Action.CHECK)
    assert "check is not open to role administrator" in said
    assert "only-case-workers-check" in said
    assert "with another role it is: officer, operator, examiner, analyst, supervisor" in said


def test_a_refusal_names_the_purposes_where_no_role_could():
    said = refusal(asker(agency="fisheries", purpose="firearms-control"), Action.CHECK)
    assert "with another purpose it is: criminal-investigation, drug-control" in said


def test_a_refusal_names_a_suspension():
    said = refusal(asker(), Action.CHECK, bureau_status=BureauStatus.SUSPENDED)
    assert said == "ALB is suspended; only an active bureau may check"


def test_a_refusal_does_not_name_the_foreign_owner():
    said = refusal(asker(role="operator"), Action.WITHDRAW, owner=OTHER)
    assert "it belongs to another bureau" in said
    assert OTHER not in said


def test_a_decision_needs_an_owner_exactly_where_something_is_owned():
    with pytest.raises(TypeError, match="needs an owner"):
        POLICIES.decide(asker(), Action.WITHDRAW, bureau_status=BureauStatus.ACTIVE)
    with pytest.raises(TypeError, match="asked of the hub"):
        POLICIES.decide(asker(), Action.CHECK, owner=OWN, bureau_status=BureauStatus.ACTIVE)


def test_an_attribute_that_the_schema_does_not_know_is_refused():
    stranger = replace(asker(), agency="secret-service")
    assert not may(stranger, "list-bureaus")


def test_users_share_a_remembered_decision():
    policies = Policies()
    for n in range(3):
        who = replace(asker(), user=f"u-{n}")
        policies.decide(who, Action.CHECK, bureau_status=BureauStatus.ACTIVE)
    assert policies._refusal.cache_info().misses == 1


@pytest.mark.parametrize("name", policy_texts())
def test_the_policies_use_only_words_of_the_schema(name: str):
    result = cedarpy.validate_policies(policy_texts()[name], schema_text())
    assert not [str(error) for error in result.errors]


@pytest.mark.parametrize("name", policy_texts())
def test_every_policy_has_an_id_and_says_why(name: str):
    lines = policy_texts()[name].splitlines()
    starts = [n for n, line in enumerate(lines) if line.startswith(("permit", "forbid"))]
    assert starts
    for n in starts:
        assert lines[n - 1].startswith('@id("'), lines[n]
        comment = n - 2
        while lines[comment - 1].startswith("//"):
            comment -= 1
        assert lines[comment].startswith("// Why: "), lines[n - 1]


def test_no_two_policies_share_an_id():
    ids = [line for text in policy_texts().values() for line in text.splitlines() if line.startswith("@id")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("entity", "words"),
    [
        ("Role", Role),
        ("Agency", AgencyKind),
        ("Purpose", Purpose),
        ("Clearance", Confidentiality),
        ("Status", BureauStatus),
    ],
)
def test_the_schema_lists_exactly_the_words_of_the_types(entity: str, words: type):
    listed = schema_text().split(f"entity {entity} enum [")[1].split("]")[0]
    assert [word.strip().strip('"') for word in listed.split(",")] == list(words)


def test_the_schema_lists_exactly_the_actions():
    for action in Action:
        assert f'"{action}"' in schema_text()
