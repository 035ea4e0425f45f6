"""Whether a mail keeps the rules of MSSanté: a table of rules, each with its source. Pure; the mail may be anybody's.

Rules are those of référentiel socle MSSanté #2 (ECO…), as mss_hl7.md §2 and §3 tell them, and of the volet XDM.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from django.utils.translation import gettext as _

from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import Finding
from dcc.contracts.untrusted import MEGABYTE
from plugins.mss import xdm
from plugins.mss.mail.addresses import PATIENT_DOMAIN, domain_of
from plugins.mss.mail.composing import PATIENT_LARGEST_MB
from plugins.mss.mail.header import CdaHeader, read_cda_header
from plugins.mss.mail.names import ACTIONS, LABEL_LENGTH, PREFIX, without_accents
from plugins.mss.receiving.mime import Part, addresses, take_apart

_PDF_NAME = re.compile(r"\d{8}_[^_]{1,40}_[^_]+_[^_]+(_[^_]+)?\.pdf\Z", re.IGNORECASE)
_BIRTH = re.compile(r"\d{2}/\d{2}/\d{4}\Z")
_ZIPS = ("application/zip", "application/x-zip-compressed")


@dataclass(frozen=True)
class Mail:
    """A mail, taken apart, and what its envelope says."""

    content: bytes

    @cached_property
    def root(self) -> Part:
        """Its outermost part."""
        return take_apart(self.content).root

    @cached_property
    def zips(self) -> Sequence[Part]:
        """The envelopes."""
        return [part for part in self.root.walk() if part.filename.lower() == xdm.FILENAME.lower() or part.kind in _ZIPS]

    @cached_property
    def pdfs(self) -> Sequence[Part]:
        """The PDF beside them."""
        return [part for part in self.root.walk() if part.kind == "application/pdf" or part.filename.lower().endswith(".pdf")]

    @cached_property
    def envelope(self) -> xdm.Envelope | str:
        """What the envelope holds, or why it cannot be read."""
        try:
            return xdm.read(self.zips[0].content()) if self.zips else _("aucune enveloppe")
        except Refused as refused:
            return refused.reason

    @cached_property
    def headers(self) -> Sequence[CdaHeader]:
        """Of each CDA that the envelope holds."""
        held = self.envelope
        return [] if isinstance(held, str) else [read_cda_header(document.content) for document in held.documents]

    @property
    def subject(self) -> str:
        """Without the folding."""
        return self.root.header("Subject")

    @property
    def patient_box(self) -> str:
        """The address of a patient among the recipients; empty when there is none."""
        to = addresses(self.root.header("To"))
        return next((address for address in to if domain_of(address) == PATIENT_DOMAIN), "")


Rule = Callable[[Mail], str | None]
"""What is wrong, in French; nothing when the rule is kept or does not apply."""


@dataclass(frozen=True, slots=True)
class _Line:
    code: str
    source: str
    rule: Rule
    level: Literal["error", "warning"] = "error"


def _header_wanted(name: str) -> Rule:
    return lambda mail: None if mail.root.header(name) else _("L'en-tête %s manque") % name


def _message_id(mail: Mail) -> str | None:
    found = mail.root.header("Message-ID").strip()
    return None if re.fullmatch(r"<[^<>\s@]+@[^<>\s@]+>", found) else _("Message-ID absent ou mal formé")


def _one_recipient(mail: Mail) -> str | None:
    to = addresses(mail.root.header("To"))
    return None if to else _("Aucun destinataire dans To")


def _sender_label(mail: Mail) -> str | None:
    label = mail.root.header("From").partition("<")[0].strip(' "')
    return None if label and "@" not in label else _("From n'a pas de libellé (entité, ou titre, prénom et nom)")


def _receipt_asked(mail: Mail) -> str | None:
    asked, sender = (addresses(mail.root.header(name))[:1] for name in ("Disposition-Notification-To", "From"))
    if not asked:
        return _("Aucun accusé de lecture n'est demandé (Disposition-Notification-To)")
    return None if asked == sender else _("L'accusé de lecture est demandé à une autre adresse que l'émetteur")


def _readable_body(mail: Mail) -> str | None:
    bodies = [part for part in mail.root.walk() if part.kind == "text/plain" and not part.filename]
    return None if any(part.text().strip() for part in bodies) else _("Le corps du message n'a pas de texte")


def _ascii_headers(mail: Mail) -> str | None:
    head = re.split(rb"\r?\n\r?\n", mail.content, maxsplit=1)[0]
    return None if head.isascii() else _("Des en-têtes ont des caractères non ASCII, sans encodage RFC 2047")


def _envelopes(mail: Mail) -> str | None:
    if len(mail.zips) != 1:
        return _("%d enveloppes XDM jointes au lieu d'une") % len(mail.zips)
    name = mail.zips[0].filename
    return None if name.upper() == xdm.FILENAME.upper() else _("L'enveloppe se nomme « %s »") % name


def _readable_envelope(mail: Mail) -> str | None:
    return mail.envelope if mail.zips and isinstance(mail.envelope, str) else None


def _pdf_beside(mail: Mail) -> str | None:
    if not mail.pdfs:
        return _("Aucun PDF n'est joint à côté de l'enveloppe")
    return next((_("« %s » n'est pas un PDF") % pdf.filename for pdf in mail.pdfs if b"%PDF-" not in pdf.content()[:1024]), None)


def _pdf_name(mail: Mail) -> str | None:
    wrong = [pdf.filename for pdf in mail.pdfs if not _PDF_NAME.match(pdf.filename)]
    return _("Le PDF se nomme « %s » au lieu de AAAAMMJJ_type_NOM_prenom.pdf") % wrong[0] if wrong else None


def _pdf_inside(mail: Mail) -> str | None:
    held = mail.envelope
    inside = [] if isinstance(held, str) else [file.name for file in held.files if file.name.lower().endswith(".pdf")]
    return _("Un PDF est dans l'enveloppe (%s)") % inside[0] if inside else None


def _subject_prefix(mail: Mail) -> str | None:
    return None if mail.subject.startswith(PREFIX) else _("L'objet ne commence pas par « %s »") % PREFIX


def _subject_label(mail: Mail) -> str | None:
    if not mail.headers:
        return None
    rest = mail.subject.removeprefix(PREFIX)
    rest = next((rest.removeprefix(words) for words in ACTIONS.values() if words and rest.startswith(words)), rest)
    labels = {header.label[:LABEL_LENGTH].strip() for header in mail.headers} | {_("%d documents") % len(mail.headers)}
    return None if any(rest.startswith(label) for label in labels) else _("L'objet ne porte pas le libellé du document")


def _subject_person(mail: Mail) -> str | None:
    for header in mail.headers[:1]:
        name, first = without_accents(header.birth_name).upper(), without_accents(header.first_given_name)
        if f" {name} {first}".upper() not in mail.subject.upper():
            return _("L'objet ne porte pas le nom et le prénom de la personne du document")
        if f" {name} " not in mail.subject:
            return _("Le nom n'est pas en capitales sans accent dans l'objet")
    return None


def _subject_birth(mail: Mail) -> str | None:
    found = _BIRTH.search(mail.subject)
    for header in mail.headers[:1]:
        born = header.birth_date
        if found and born and found[0] != f"{born[6:8]}/{born[4:6]}/{born[:4]}":
            return _("La date de naissance de l'objet n'est pas celle du document")
    return None


def _one_person(mail: Mail) -> str | None:
    people = {(header.matricule, header.birth_name, header.birth_date) for header in mail.headers}
    return _("Le message concerne plusieurs personnes") if len(people) > 1 else None


def _code_cda(mail: Mail) -> str | None:
    found = {code.strip() for code in mail.root.header("X-MSS-CODECDA").split(",")} - {""}
    expected = {header.code for header in mail.headers}
    if not expected:
        return _("X-MSS-CODECDA est là, sans document CDA qui se lise") if found else None
    return None if found == expected else _("X-MSS-CODECDA ne dit pas les codes des documents (%s)") % ",".join(sorted(expected))


def _ins(mail: Mail) -> str | None:
    found = mail.root.header("X-MSS-INS").strip()
    if not mail.headers:
        return _("X-MSS-INS est là, sans document CDA qui se lise") if found else None
    expected = "O" if all(header.identifies for header in mail.headers) else "N"
    words = {"found": found, "expected": expected}
    return None if found == expected else _("X-MSS-INS vaut « %(found)s » au lieu de « %(expected)s »") % words


def _closed(mail: Mail) -> str | None:
    if not mail.patient_box or mail.root.header("X-MSS-MES").strip() == "FIN" or mail.subject.strip() == "[FIN]":
        return None
    return _("Le message à un patient reste ouvert à ses réponses (X-MSS-MES: FIN)")


def _own_box(mail: Mail) -> str | None:
    box = mail.patient_box.partition("@")[0]
    people = {header.matricule for header in mail.headers} - {""}
    return _("La boîte du patient n'est pas celle de la personne du document") if box and people and people != {box} else None


def _size(mail: Mail) -> str | None:
    if not mail.patient_box or len(mail.content) <= PATIENT_LARGEST_MB * MEGABYTE:
        return None
    return _("Le message dépasse %d Mo, la limite de Mon espace santé") % PATIENT_LARGEST_MB


RULES: Sequence[_Line] = (
    _Line("message-id", "ECO.2.2.1", _message_id),
    _Line("date", "RFC 5322 §3.6", _header_wanted("Date")),
    _Line("from", "RFC 5322 §3.6", _header_wanted("From")),
    _Line("sender-label", "ECO.2.2.7", _sender_label, "warning"),
    _Line("recipient", "RFC 5322 §3.6", _one_recipient),
    _Line("receipt", "ECO.2.3.2", _receipt_asked),
    _Line("body", "REF2 §2", _readable_body),
    _Line("ascii", "RFC 2047", _ascii_headers),
    _Line("nil", "ECO.2.4.3", _header_wanted("X-MSS-NIL")),
    _Line("envelope", "REF2 §2", _envelopes),
    _Line("envelope-content", "volet XDM", _readable_envelope),
    _Line("one-person", "ECO.2.1.1", _one_person),
    _Line("pdf", "ECO.2.1.5", _pdf_beside),
    _Line("pdf-name", "REF2 §2", _pdf_name),
    _Line("pdf-inside", "volet XDM", _pdf_inside, "warning"),
    _Line("subject-prefix", "ECO.3.1.3", _subject_prefix),
    _Line("subject-label", "REF2 §2", _subject_label),
    _Line("subject-person", "REF2 §2", _subject_person),
    _Line("subject-birth", "REF2 §2", _subject_birth),
    _Line("code-cda", "ECO.2.4.1", _code_cda),
    _Line("ins", "ECO.2.4.2", _ins),
    _Line("closed", "ECO.2.2.8", _closed, "warning"),
    _Line("own-box", "ECO.2.2.6", _own_box),
    _Line("size", "ENS Messagerie V1.3", _size),
)


def check_mail(content: bytes) -> Sequence[Finding]:
    """What breaks a rule, in the order of the table; what the reader of the envelope remarked comes last. Never raises."""
    mail = Mail(content)
    return [*_broken(mail), *([] if isinstance(mail.envelope, str) else mail.envelope.findings)]


def _broken(mail: Mail) -> Iterator[Finding]:
    for line in RULES:
        words = line.rule(mail)
        if words:
            yield Finding(f"mss.{line.code}", line.level, words, source=line.source)
