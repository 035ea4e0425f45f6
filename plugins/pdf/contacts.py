"""Who a patient may call: the contacts of a PPS, each with its telephone first. Pure; answers in, plain texts out.

Unlike :mod:`.people`, which is for professionals, no national identifier is printed: nobody calls an RPPS number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from forms_config.schema.conditions import is_filled
from forms_config.schema.model import Question
from forms_config.schema.values import display, display_professional
from plugins.pdf.blocks import text_of
from plugins.pdf.people import address_text, telecom_texts
from plugins.pdf.wording import at, since, until

FIRST = (
    "pps.contacts.coordination_3c",
    "pps.contacts.equipe",
    "pps.contacts.medecin_traitant",
    "pps.contacts.coordination",
)
"""Whom page 1 says to call, in this order."""
ON_PAGE_ONE = 6
"""Most contacts of page 1; all are listed further on."""
_COMMENT = "_commentaire"


@dataclass(frozen=True, slots=True)
class Contact:
    """A person or a structure: ``trade`` is what somebody does, ``calls`` what reaches them, ``details`` the rest."""

    role: str
    name: str
    trade: str = ""
    calls: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    comment: str = ""


def contact_of(value: Mapping[str, Any], role: str) -> Contact:
    """A ``professional`` or ``organisation`` value (or a null flavour) as a contact."""
    organisation = (value.get("organisation") or {}) if "family" in value else {}
    name = display_professional({**value, "organisation": None}) if "family" in value else display(value)
    calls = (*telecom_texts(value.get("telecoms")), *telecom_texts(organisation.get("telecoms")))
    details = (
        str(organisation.get("name") or ""),
        address_text(value.get("address")),
        address_text(organisation.get("address")),
        display(value.get("sector")),
        display(organisation.get("sector")),
    )
    return Contact(
        role,
        name,
        display(value.get("profession")),
        tuple(dict.fromkeys(calls)),
        tuple(dict.fromkeys(text for text in details if text)),
        str(value.get("comment") or ""),
    )


def in_full(value: Mapping[str, Any]) -> str:
    """A person or a structure with what reaches it, in one text."""
    contact = contact_of(value, "")
    return ", ".join(text for text in (contact.name, contact.trade, *contact.details, *contact.calls, contact.comment) if text)


def contacts_of(questions: Sequence[Question], answers: Mapping[str, Any]) -> tuple[tuple[str, Contact], ...]:
    """The contacts among ``questions``, each with the key of its question; a comment is told with the contact it is about."""
    return tuple((question.key, contact) for question in questions for contact in _contacts(question, answers))


def is_contact(question: Question, questions: Sequence[Question]) -> bool:
    """Whether a question is printed by :func:`contacts_of`: a person, a structure, rows of them, or a comment on one."""
    if question.datatype == "group":
        return any(_names_somebody(column) for column in question.columns)
    about = question.key.removesuffix(_COMMENT)
    return _names_somebody(question) or (about != question.key and any(q.key == about for q in questions))


def first_called(contacts: Sequence[tuple[str, Contact]]) -> tuple[Contact, ...]:
    """The contacts of page 1: those of :data:`FIRST` that can be called, and the 3C whatever is known of it."""
    ordered = [contact for key in FIRST for found, contact in contacts if found == key and (contact.calls or key == FIRST[0])]
    return tuple(ordered[:ON_PAGE_ONE])


def _contacts(question: Question, answers: Mapping[str, Any]) -> Iterator[Contact]:
    value = answers.get(question.key)
    if question.datatype == "group":
        for row in value or ():
            yield _of_row(question, row["values"])
    elif _names_somebody(question):
        comment = str(answers.get(f"{question.key}{_COMMENT}") or "")
        if value and is_filled(value):
            for item in value if isinstance(value, list) else [value]:
                yield _with_comment(contact_of(item, question.label), comment)
        elif comment or question.required != "never":
            yield Contact(question.label, _("Non renseigné"), comment=comment)


def _of_row(group: Question, values: Mapping[str, Any]) -> Contact:
    """A row: who, then what else it says; dates of care in words, any other column after its label."""
    who = next((c for c in group.columns if _names_somebody(c) and is_filled(values.get(c.key))), None)
    contact = contact_of(values[who.key], group.label) if who else Contact(group.label, group.label)
    period = _period(values.get(f"{group.key}.debut"), values.get(f"{group.key}.fin"))
    told = {f"{group.key}.debut", f"{group.key}.fin"} if period else set()
    remarks = [period] if period else []
    for column in group.columns:
        if column is not who and column.key not in told and is_filled(values.get(column.key)):
            value = values[column.key]
            text = in_full(value) if _names_somebody(column) and not isinstance(value, list) else text_of(column, value)
            remarks.append(text if column.key.endswith(".commentaire") else f"{column.label}\u00a0: {text}")
    return _with_comment(contact, "\n".join(remarks))


def _period(start: Any, end: Any) -> str:
    if isinstance(start, str) and isinstance(end, str):
        return _("Prise en charge %(start)s %(end)s") % {"start": since(start), "end": until(end)}
    if isinstance(start, str):
        return _("Prise en charge depuis %(start)s") % {"start": at(start).removeprefix("en ")}
    return ""


def _with_comment(contact: Contact, comment: str) -> Contact:
    return replace(contact, comment="\n".join(text for text in (contact.comment, comment) if text))


def _names_somebody(question: Question) -> bool:
    return question.datatype in ("professional", "organisation")
