"""Who may ask, and what each asker may see.

Pure decisions: `Policies` says whether an act is allowed, `release` what an asker learns of a record, and
`Quotas` how much a bureau may ask. The policies themselves are in `policies/`, for a lawyer to read.
"""

from allpoints.access.decide import Action, BureauStatus, Policies
from allpoints.access.quotas import Quota, Quotas
from allpoints.access.release import (
    Compared,
    Disclosure,
    Match,
    Outcome,
    Refusal,
    RefusedFor,
    Silent,
    disclosed,
    disclosed_log,
    for_review,
    may_see_entry,
    release,
)

__all__ = [
    "Action",
    "BureauStatus",
    "Compared",
    "Disclosure",
    "Match",
    "Outcome",
    "Policies",
    "Quota",
    "Quotas",
    "Refusal",
    "RefusedFor",
    "Silent",
    "disclosed",
    "disclosed_log",
    "for_review",
    "may_see_entry",
    "release",
]
