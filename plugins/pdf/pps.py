"""Everything the national presentation of a PPS says, in its order, ready for ``pdf/pps.html``. Pure.

Order and words are those of the national model (CDC 2025 §2.3.6, order of the INCa stylesheet: cda.md §2.4): contacts first, then
care, contacts in full, patient, diagnosis, document. What the form asks and the model has no place for is printed with the rubric
its section belongs to, and a section of the region in a rubric of its own: before the programme when the form has it there
(decision 0185), after the contacts otherwise. Nothing that was answered is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext as _

from dcc.contracts.care.days import day_of
from dcc.contracts.care.sentences import sentence
from dcc.contracts.care.syntheses import as_of_line
from dcc.contracts.datamatrix import INS_NATURES
from dcc.contracts.snapshots import DocumentSnapshot
from forms_config.schema.dates import french
from forms_config.schema.model import FormSchema, Question, Section, schema_from_json
from forms_config.schema.values import display
from plugins.pdf.blocks import Block, Cards, Field, Pairs, blocks_of
from plugins.pdf.calendar import Calendar, calendar_of
from plugins.pdf.contacts import Contact, contacts_of, first_called, in_full, is_contact
from plugins.pdf.content import authors_of, identity_of
from plugins.pdf.people import Person, address_text, telecom_texts
from plugins.pdf.programme import SUPPORT, TREATMENTS, Programme, programme_of
from plugins.pdf.wording import at

Rubric = Literal["treatments", "support", "contacts", "patient", "diagnosis", "document"]
RUBRICS: Mapping[str, Rubric] = {
    "pps.programme": "treatments",
    "pps.traitements": "treatments",
    "pps.prevention": "treatments",
    "pps.mesures": "treatments",
    "pps.suivis": "treatments",
    "pps.soins_support": "support",
    "pps.soins": "support",
    "pps.accompagnements": "support",
    "pps.contacts": "contacts",
    "pps.patient": "patient",
    "pps.pediatrie": "patient",
    "pps.tumeur": "diagnosis",
    "pps.tumeurs": "diagnosis",
    "pps.decouverte": "diagnosis",
    "pps.phase": "diagnosis",
    "pps.statut": "document",
    "pps.references": "document",
    "pps.documents": "document",
}
"""Rubric of the questions whose key, and of the sections whose catalogue section, begins so."""
MOTIVE, PRECISION, HANDED, BY, COMMENT = (
    f"pps.statut.{name}" for name in ("motif", "motif_precision", "remise", "remis_par", "commentaire")
)
SHORT_TEXT, SHORT_LABEL = 22, 26
"""Longest text and label (characters) that stand in half a line of large type."""
ON_PAGE_ONE = frozenset({MOTIVE, PRECISION, HANDED, BY, COMMENT})


@dataclass(frozen=True, slots=True)
class RegionalRubric:
    """A section of the region."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Pps:
    """All that the template adds to :class:`~plugins.pdf.content.Content`; rubrics hold what has no place of its own."""

    coordination: str
    network: str
    document: tuple[Field, ...]
    calls: tuple[Contact, ...]
    first: tuple[RegionalRubric, ...]
    as_of: str
    programme: Programme
    calendar: Calendar
    contacts: tuple[Contact, ...]
    regional: tuple[RegionalRubric, ...]
    identity: tuple[Field, ...]
    patient: tuple[Field, ...]
    rubrics: Mapping[str, tuple[Block, ...]]
    identifiers: tuple[Field, ...]
    authors: tuple[Person, ...]


def pps_of(snapshot: DocumentSnapshot, as_of: datetime) -> Pps:
    """The national presentation of a PPS; the syntheses are those of the day of ``as_of``."""
    schema, answers, on = schema_from_json(snapshot.form.schema), snapshot.answers, day_of(as_of)
    rubrics = _rubrics(schema)
    contacts = contacts_of([q for q in rubrics.get("contacts", ()) if is_contact(q, rubrics["contacts"])], answers)
    before, after = _regional(schema, answers)
    return Pps(
        coordination=display(answers.get("pps.contacts.coordination_3c")),
        network=display(answers.get("pps.contacts.rrc")),
        document=tuple(_document(answers)),
        calls=first_called(contacts),
        first=before,
        as_of=as_of_line(on, stored=True),
        programme=programme_of(tuple(schema.questions()), answers, on),
        calendar=calendar_of(answers, on),
        contacts=tuple(contact for _key, contact in contacts),
        regional=after,
        identity=tuple(_identity(snapshot)),
        patient=tuple(_patient(snapshot)),
        rubrics={name: _blocks(name, questions, answers) for name, questions in rubrics.items()},
        identifiers=tuple(_identifiers(snapshot)),
        authors=tuple(_together(authors_of(snapshot))),
    )


def rubric_of(question: Question, section: Section) -> Rubric | None:
    """The national rubric a question is printed in: by its own element first, else by its section's; none is the region's."""
    own = ".".join(question.key.split(".")[:2]) if question.element else ""
    return RUBRICS.get(own) or RUBRICS.get(section.element)


def _rubrics(schema: FormSchema) -> dict[str, tuple[Question, ...]]:
    found: dict[str, list[Question]] = {}
    for section in schema.sections:
        for question in section.questions:
            if rubric := rubric_of(question, section):
                found.setdefault(rubric, []).append(question)
    return {name: tuple(questions) for name, questions in found.items()}


def _blocks(rubric: str, questions: Sequence[Question], answers: Mapping[str, Any]) -> tuple[Block, ...]:
    """What the template does not place itself."""
    placed = ON_PAGE_ONE | {*TREATMENTS, *SUPPORT}
    left = [q for q in questions if q.key not in placed and not (rubric == "contacts" and is_contact(q, questions))]
    return _large(blocks_of(left, answers))


def _large(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks in large type: two answers share a line when both are short."""
    return tuple(_in_large_type(block) for block in blocks)


def _in_large_type(block: Block) -> Block:
    if isinstance(block, Cards):
        return Cards(tuple(replace(card, blocks=_large(card.blocks)) for card in block.cards))
    if not isinstance(block, Pairs):
        return block
    rows: list[tuple[Field, ...]] = []
    for field in (field for row in block.rows for field in row):
        if rows and len(rows[-1]) == 1 and _is_short(field) and _is_short(rows[-1][0]):
            rows[-1] = (*rows[-1], field)
        else:
            rows.append((field,))
    return Pairs(tuple(rows))


def _is_short(field: Field) -> bool:
    return len(field.text) <= SHORT_TEXT and len(field.label) <= SHORT_LABEL


def _regional(schema: FormSchema, answers: Mapping[str, Any]) -> tuple[tuple[RegionalRubric, ...], tuple[RegionalRubric, ...]]:
    """Sections of the region before the programme, and the others."""
    before: list[RegionalRubric] = []
    after: list[RegionalRubric] = []
    programme_seen = False
    for section in schema.sections:
        rubrics = [rubric_of(question, section) for question in section.questions]
        programme_seen = programme_seen or "treatments" in rubrics
        own = [q for q, rubric in zip(section.questions, rubrics, strict=True) if rubric is None]
        blocks = _large(blocks_of(own, answers, title=section.title))
        if blocks:
            (after if programme_seen else before).append(RegionalRubric(section.title, blocks))
    return tuple(before), tuple(after)


def _document(answers: Mapping[str, Any]) -> Iterator[Field]:
    """What page 1 says of the document, beside its version and status."""
    motive = [text for text in (display(answers.get(MOTIVE)), answers.get(PRECISION, "")) if text]
    if motive:
        yield Field(_("Motif de mise à jour"), "\n".join(map(sentence, motive)))
    handed, by = answers.get(HANDED), answers.get(BY)
    if isinstance(handed, str) or by:
        when = at(handed) if isinstance(handed, str) else ""
        who = in_full(by) if by else ""
        text = " ".join(part for part in (when, _("par %(who)s") % {"who": who} if who else "") if part)
        yield Field(_("Remis au patient"), text)
    if comment := answers.get(COMMENT):
        yield Field(_("Commentaire sur le document"), str(comment))


def _identity(snapshot: DocumentSnapshot) -> Iterator[Field]:
    """Who the patient is, for page 1: where to reach and number them is further on."""
    later = {_("Adresse"), _("Coordonnées"), _("IPP")}
    fields = identity_of(snapshot.patient, on=snapshot.effective_time).fields
    return (field for field in fields if field.label not in later)


def _patient(snapshot: DocumentSnapshot) -> Iterator[Field]:
    """The patient in detail: what page 1 does not say."""
    patient = snapshot.patient
    if address := address_text(patient.address):
        yield Field(_("Adresse"), address)
    if calls := ", ".join(telecom_texts(patient.telecoms)):
        yield Field(_("Coordonnées"), calls)
    if patient.status == "qualifiee" and patient.ins is not None:
        yield Field(_("Matricule INS"), f"{patient.ins.extension} ({INS_NATURES.get(patient.ins.root, patient.ins.root)})")
    for identifier in patient.identifiers:
        if identifier.root not in INS_NATURES:
            yield Field(_("IPP"), identifier.extension or identifier.root)


def _together(authors: Iterable[Person]) -> Iterator[Person]:
    """Who did several things at one time is told once."""
    roles: dict[Person, list[str]] = {}
    for author in authors:
        roles.setdefault(replace(author, role=""), []).append(author.role)
    return (replace(person, role=" – ".join(dict.fromkeys(done))) for person, done in roles.items())


def _identifiers(snapshot: DocumentSnapshot) -> Iterator[Field]:
    """Which document this is, and which it follows (R-059)."""
    yield Field(_("Identifiant"), str(snapshot.document_id))
    versions = snapshot.set_id.extension or snapshot.set_id.root
    yield Field(_("Version et lot de versions"), f"{snapshot.version_number} · {versions}")
    reference = snapshot.reference
    if reference is not None:
        of = _("%(title)s du %(date)s") if reference.date else "%(title)s"
        title = of % {
            "title": reference.title or reference.document_type.upper(),
            "date": french(reference.date.isoformat()) if reference.date else "",
        }
        number = "^".join(part for part in (reference.identifier.root, reference.identifier.extension) if part)
        yield Field(_("FRCP de référence"), f"{title}\n{number}")
