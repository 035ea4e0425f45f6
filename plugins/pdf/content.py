"""Everything a page says of a document, in order, ready for the template. Pure: a snapshot in, plain texts out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from dcc.contracts.datamatrix import INS_NATURES, payload_of
from dcc.contracts.snapshots import AttachmentSnapshot, DocumentSnapshot, HeaderActor, LegalText, PatientSnapshot, RelatedPerson
from forms_config.schema.dates import PARIS, as_day, french
from forms_config.schema.model import schema_from_json
from forms_config.schema.values import display
from plugins.pdf.blocks import Block, Field, blocks_of, lines_of
from plugins.pdf.people import Person, address_text, person_of, telecom_texts

VALIDATED = frozenset({"valide", "cloture"})
"""Statuses of the document state table under which the medical content was validated; any other is marked on each page."""

STATUS_LABELS: Mapping[str, str] = {
    "en_cours": "En cours",
    "complete": "Complété",
    "valide": "Validé",
    "cloture": "Clôturé",
    "annule": "Annulé",
}
SEX_LABELS: Mapping[str, str] = {"M": "Masculin", "F": "Féminin", "I": "Indéterminé"}
IDENTITY_LABELS: Mapping[str, str] = {
    "provisoire": "Identité provisoire",
    "recuperee": "Identité récupérée",
    "validee": "Identité validée",
    "qualifiee": "Identité qualifiée",
}
RELATED_LABELS: Mapping[str, str] = {
    "urgence": "Personne à prévenir",
    "confiance": "Personne de confiance",
    "representant": "Représentant légal",
}
LEGAL_TITLE = "INFORMATION SUR LES DONNÉES PERSONNELLES VOUS CONCERNANT"
"""Title of the rubric, word for word (R-038)."""

SHORT_SECTION = 8
"""Longest section (lines) that is not cut by a page break."""

_LINK = re.compile(r"https?://[^\s<>()«»\"]+[^\s<>()«»\".,;:!?…]")


@dataclass(frozen=True, slots=True)
class SectionContent:
    """A titled part of the document; ``key`` is the catalogue section it belongs to, for the stylesheet."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    together: bool
    """Short enough to stay on one page."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity in clear. ``strong`` holds what names the person, ``line`` repeats it on every page."""

    strong: tuple[Field, ...]
    fields: tuple[Field, ...]
    status: str
    line: str
    payload: str
    warning: str


@dataclass(frozen=True, slots=True)
class Annex:
    """A joined file, listed and not reproduced."""

    title: str
    media_type: str
    size: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a legal text: pieces of text, some of which are addresses to follow."""

    pieces: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Content:
    """All of it."""

    title: str
    trial: bool
    document_type: str
    organisation: Person
    status: str
    status_line: str
    draft: bool
    version: int
    replaces: bool
    dates: str
    identity: Identity
    contacts: tuple[Person, ...]
    sections: tuple[SectionContent, ...]
    authors: tuple[Person, ...]
    annexes: tuple[Annex, ...]
    legal_title: str
    legal: tuple[Paragraph, ...]
    footer: str
    author_name: str
    created: str
    modified: str


def content_of(snapshot: DocumentSnapshot, as_of: datetime) -> Content:
    """The content of the printed document; ``as_of`` is the time the edition was asked for and is printed on it."""
    return Content(
        title=snapshot.shown_title,
        trial=snapshot.trial,
        document_type=snapshot.document_type,
        organisation=person_of(snapshot.custodian),
        status=STATUS_LABELS.get(snapshot.status, snapshot.status),
        status_line=_status_line(snapshot),
        draft=snapshot.status not in VALIDATED,
        version=snapshot.version_number,
        replaces=bool(snapshot.replaces),
        dates=_dates(snapshot, as_of),
        identity=identity_of(snapshot.patient, on=snapshot.effective_time),
        contacts=tuple(_contact(person) for person in snapshot.patient.related),
        sections=tuple(_sections(snapshot)),
        authors=tuple(authors_of(snapshot)),
        annexes=tuple(_annex(attachment) for attachment in snapshot.attachments),
        legal_title=LEGAL_TITLE,
        legal=tuple(_legal(snapshot.legal_texts)),
        footer=_footer(snapshot),
        author_name=_author_name(snapshot),
        created=_w3c(snapshot.effective_time),
        modified=_w3c(as_of),
    )


def moment(value: datetime) -> str:
    """« 12/03/2025 à 14:02 », Paris time."""
    return value.astimezone(PARIS).strftime("%d/%m/%Y à %H:%M")


def identity_of(patient: PatientSnapshot, *, on: datetime) -> Identity:
    """The identity block (EXI DIF 02); the matricule and its nature only when the identity is qualified (EXI ID 29)."""
    traits = patient.traits
    payload, findings = payload_of(patient)
    born = french(traits.birth_date) if traits.birth_date else _("non connue")
    sex = _(SEX_LABELS[traits.sex])
    strong = [Field(_("Nom de naissance"), traits.birth_name), Field(_("Prénoms de naissance"), traits.given_names)]
    fields = [
        Field(_("Date de naissance"), f"{born}{_age(traits.birth_date, on)}", strong=True),
        Field(_("Sexe"), sex, strong=True),
        Field(_("Lieu de naissance"), _birth_place(patient)),
        Field(_("Premier prénom"), traits.first_given_name),
        Field(_("Nom utilisé"), patient.used_name),
        Field(_("Prénom utilisé"), patient.used_given_name),
        *_identifiers(patient),
        Field(_("Adresse"), address_text(patient.address)),
        Field(_("Coordonnées"), ", ".join(telecom_texts(patient.telecoms))),
    ]
    name = " ".join(word for word in (traits.birth_name, traits.first_given_name) if word)
    used = " ".join(word for word in (patient.used_name, patient.used_given_name) if word)
    known_as = f" ({used})" if used and used.casefold() != name.casefold() else ""
    return Identity(
        strong=tuple(field for field in strong if field.text),
        fields=tuple(field for field in fields if field.text),
        status=_(IDENTITY_LABELS[patient.status]),
        line=f"{name}{known_as} · {_('naissance')} {born} · {sex}",
        payload=payload,
        warning=" ".join(finding.message for finding in findings),
    )


def _identifiers(patient: PatientSnapshot) -> Iterator[Field]:
    if patient.status == "qualifiee" and patient.ins is not None:
        nature = INS_NATURES.get(patient.ins.root, patient.ins.root)
        yield Field(_("Matricule INS"), f"{patient.ins.extension} ({nature})", strong=True)
    local = [i for i in patient.identifiers if i.root not in INS_NATURES]
    for identifier in local:
        yield Field(_("IPP"), identifier.extension or identifier.root)


def _birth_place(patient: PatientSnapshot) -> str:
    name, code = patient.traits.birth_place_name, patient.traits.birth_place_code
    return f"{name} ({code})" if name and code else name or code


def _age(birth_date: str, on: datetime) -> str:
    born, today = as_day(birth_date) if birth_date else None, on.astimezone(PARIS).date()
    if born is None or born > today:
        return ""
    years = _full_years(born, today)
    if years >= 2:
        return f" ({years} {_('ans')})"
    months = (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)
    return f" ({months} {_('mois')})"


def _full_years(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _status_line(snapshot: DocumentSnapshot) -> str:
    label, time = _(STATUS_LABELS.get(snapshot.status, snapshot.status)), moment(snapshot.status_time)
    since = _("%(status)s depuis le %(time)s") if snapshot.status == "en_cours" else _("%(status)s le %(time)s")
    return since % {"status": label, "time": time}


def _dates(snapshot: DocumentSnapshot, as_of: datetime) -> str:
    replaced = _("remplace la version précédente") if snapshot.replaces else ""
    parts = [
        _("Version %(number)s") % {"number": snapshot.version_number},
        replaced,
        _("Document du %(time)s") % {"time": moment(snapshot.effective_time)},
        _("Édité le %(time)s") % {"time": moment(as_of)},
    ]
    return " · ".join(part for part in parts if part)


def _sections(snapshot: DocumentSnapshot) -> Iterator[SectionContent]:
    for section in schema_from_json(snapshot.form.schema).sections:
        blocks = blocks_of(section.questions, snapshot.answers, title=section.title)
        if blocks:
            yield SectionContent(section.element or section.key, section.title, blocks, lines_of(blocks) <= SHORT_SECTION)


def _contact(person: RelatedPerson) -> Person:
    name = " ".join(word for word in (person.prefix, person.given, person.family) if word)
    details = (display(person.relation), *telecom_texts(person.telecoms), address_text(person.address))
    return Person(name, tuple(text for text in details if text), role=_(RELATED_LABELS.get(person.kind, person.kind)))


def authors_of(snapshot: DocumentSnapshot) -> Iterator[Person]:
    """Who wrote the document and who answers for it."""
    for author in snapshot.authors:
        yield _actor(author, _("Auteur"))
    if snapshot.legal_authenticator is not None:
        # The standard wants somebody who answers for every document; only a validation says that he validated it.
        yield _actor(snapshot.legal_authenticator, _("Validé par") if snapshot.status in VALIDATED else _("Responsable"))


def _actor(actor: HeaderActor, role: str) -> Person:
    person = person_of(actor.professional)
    function = display(actor.function)
    time = _("le %(time)s") % {"time": moment(actor.time)}
    details = (time, *((function,) if function else ()), *person.details)
    comment = " · ".join(text for text in (person.comment, actor.comment) if text)
    return Person(person.name, details, comment, role)


def _author_name(snapshot: DocumentSnapshot) -> str:
    if not snapshot.authors:
        return str(snapshot.custodian.get("name") or "")
    return person_of(snapshot.authors[0].professional).name


def _annex(attachment: AttachmentSnapshot) -> Annex:
    size = len(attachment.content)
    shown = f"{size / 1_000_000:.1f} Mo" if size >= 1_000_000 else f"{max(1, round(size / 1000))} ko"
    return Annex(attachment.title, attachment.media_type, shown.replace(".", ","), attachment.sha256)


def _legal(texts: Sequence[LegalText]) -> Iterator[Paragraph]:
    """Text 1 then text 2, whatever their order in the snapshot (R-040)."""
    ordered = sorted(texts, key=lambda text: text.number)
    for text in ordered:
        for paragraph in re.split(r"\n\s*\n", text.body.strip()):
            yield Paragraph(tuple(_pieces(paragraph)))


def _pieces(paragraph: str) -> Iterator[tuple[str, bool]]:
    position = 0
    for link in _LINK.finditer(paragraph):
        if link.start() > position:
            yield paragraph[position : link.start()], False
        yield link.group(), True
        position = link.end()
    if position < len(paragraph):
        yield paragraph[position:], False


def _footer(snapshot: DocumentSnapshot) -> str:
    return _("Document %(id)s · version %(version)s · formulaire %(form)s nº %(number)s (%(hash)s)") % {
        "id": snapshot.document_id,
        "version": snapshot.version_number,
        "form": snapshot.form.key,
        "number": snapshot.form.number,
        "hash": snapshot.form.sha256[:12],
    }


def _w3c(value: datetime) -> str:
    return value.astimezone(PARIS).isoformat(timespec="seconds")
