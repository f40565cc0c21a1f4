"""Structured requests and replies: forms whose labels and codes each reader sees in their own language.

`table.py` is all of them, `words.py` what they are called, `filled.py` checks and shows one that was filled in.
"""

from allpoints.bureau.mailbox.forms.filled import Shown, check, form, show, title
from allpoints.bureau.mailbox.forms.table import CODES, FORMS, Field, Form, Kind
from allpoints.bureau.mailbox.forms.words import LANGUAGES, words

__all__ = [
    "CODES",
    "FORMS",
    "LANGUAGES",
    "Field",
    "Form",
    "Kind",
    "Shown",
    "check",
    "form",
    "show",
    "title",
    "words",
]
