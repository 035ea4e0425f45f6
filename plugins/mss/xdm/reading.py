"""An envelope of strangers, read: METADATA, documents, and whether they say the same.

Refused as a whole (decision 0288): what cannot be read, altered bytes, a second patient. Told as a remark: everything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext as _

from dcc.contracts import xds
from dcc.contracts.datamatrix import INS_NATURES
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import Finding, InstanceId, Level
from dcc.contracts.untrusted import kind_of
from plugins.mss.xdm.archive import Member, by_name, shown, unpack
from plugins.mss.xdm.envelope import Envelope, EnvelopeDocument, EnvelopeFile, EnvelopeRefused, Role

_KEPT = re.compile(r"IHE_XDM/[^/]+/[^/]+", re.IGNORECASE)
_METADATA = re.compile(r"(IHE_XDM/[^/]+/)METADATA\.XML", re.IGNORECASE)
_PRESENTATION = ("index.htm", "readme.txt")
_URI = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
_XML_TYPES = ("text/xml", "application/xml", "application/xslt+xml")
_ACTIONS = ("", "C", "D")


def read(content: bytes) -> Envelope:
    """The envelope in ``content``; at most some 100 MB of memory, nothing on disk.

    Raises :class:`EnvelopeRefused` (a ``Refused``) in French, with the code to answer.
    """
    members = unpack(content, _KEPT)
    files = by_name(members)
    lots: list[xds.SubmissionSet] = []
    documents: list[EnvelopeDocument] = []
    findings: list[Finding] = []
    described: set[str] = set()
    for member in members:
        folder = _METADATA.fullmatch(member.name)
        if folder is None:
            continue
        submission = _parse(member)
        lots.append(submission.lot)
        for entry in submission.entries:
            found = _file_of(entry, folder.group(1), files)
            if found.name in described:
                raise EnvelopeRefused(_("METADATA décrit deux fois le fichier « %s »") % shown(found.name))
            described.add(found.name)
            documents.extend(_document(entry, found, findings))
    if not lots:
        raise EnvelopeRefused(_("L'enveloppe ne contient pas de fichier IHE_XDM/SUBSET01/METADATA.XML"))
    if not documents:
        raise EnvelopeRefused(_("L'enveloppe ne décrit aucun document CDA"))
    _check_one_patient(lots, documents)
    findings.extend(_remarks(members, described))
    roles = {document.name for document in documents}
    inventory = [EnvelopeFile(shown(m.name), m.size, m.sha1, _role(m.name, roles)) for m in members]
    return Envelope(lots, documents, inventory, findings)


def _parse(member: Member) -> xds.Submission:
    try:
        return xds.parse(member.content)
    except Refused as refusal:
        raise EnvelopeRefused(refusal.reason) from None


def _file_of(entry: xds.DocumentEntry, folder: str, files: Mapping[str, Member]) -> Member:
    """The file that an entry describes: in the folder of its METADATA, nowhere else."""
    if not _URI.fullmatch(entry.uri):
        raise EnvelopeRefused(_("METADATA désigne un document par un nom interdit, « %s »") % shown(entry.uri))
    found = files.get((folder + entry.uri).casefold())
    if found is None:
        raise EnvelopeRefused(_("METADATA décrit « %s », qui n'est pas dans l'enveloppe") % shown(entry.uri))
    if entry.hash and entry.hash != found.sha1:
        raise EnvelopeRefused(_("« %s » a été modifié : son empreinte n'est pas celle de METADATA") % shown(entry.uri))
    if entry.action not in _ACTIONS:
        raise EnvelopeRefused(_("METADATA demande une action inconnue, « %s »") % shown(entry.action))
    return found


def _document(entry: xds.DocumentEntry, found: Member, findings: list[Finding]) -> Iterator[EnvelopeDocument]:
    """The document that an entry describes, when it is a CDA, and what is to be remarked of it."""
    if entry.mime_type.partition(";")[0].strip().lower() not in _XML_TYPES:
        findings.append(_remark("not-cda", _("« %(name)s » n'est pas un document CDA : il n'est pas lu"), found.name))
        return
    try:
        described = xds.describe(found.content, uri=entry.uri)
    except Refused as refusal:
        raise EnvelopeRefused(_("« %(name)s » : %(reason)s") % {"name": shown(found.name), "reason": refusal.reason}) from None
    findings.extend(_differences(entry, described, found.name))
    yield EnvelopeDocument(found.name, found.content, entry, described)


def _differences(entry: xds.DocumentEntry, described: xds.DocumentEntry, name: str) -> Iterator[Finding]:
    if not entry.hash:
        yield _remark("no-hash", _("« %(name)s » : METADATA ne donne pas son empreinte"), name)
    if entry.size is not None and entry.size != described.size:
        yield _remark("size", _("« %(name)s » : la taille n'est pas celle que donne METADATA"), name)
    if entry.unique_id != described.unique_id:
        yield _remark("unique-id", _("« %(name)s » : l'identifiant du document n'est pas celui que donne METADATA"), name)
    if _code(entry.type_code) != _code(described.type_code):
        yield _remark("type", _("« %(name)s » : le type du document n'est pas celui que donne METADATA"), name)
    if entry.patient_id is None:
        yield _remark("no-patient", _("« %(name)s » : METADATA ne nomme pas le patient"), name)
    elif entry.patient_id.root in INS_NATURES and _ins(described.patient_id) is None:
        yield _remark("no-ins", _("« %(name)s » : le document ne porte pas l'INS que donne METADATA"), name)


def _code(code: xds.Code | None) -> str:
    return code.code if code else ""


def _ins(identifier: InstanceId | None) -> InstanceId | None:
    return identifier if identifier and identifier.root in INS_NATURES else None


def _check_one_patient(lots: Sequence[xds.SubmissionSet], documents: Sequence[EnvelopeDocument]) -> None:
    """One mail, one person (ECO.2.1.1): nobody has two identifiers of one authority, in METADATA or in the documents."""
    named = {lot.patient_id for lot in lots} | {document.entry.patient_id for document in documents}
    known = {identifier for identifier in named | {d.described.patient_id for d in documents} if identifier}
    if len({identifier.root for identifier in known}) < len(known):
        raise EnvelopeRefused(_("L'enveloppe désigne plusieurs patients : les documents et METADATA ne s'accordent pas"))
    identifiers = [document.described.unique_id for document in documents]
    if len(set(identifiers)) < len(identifiers):
        raise EnvelopeRefused(_("L'enveloppe contient deux documents sous le même identifiant"))


def _remarks(members: Sequence[Member], described: set[str]) -> Iterator[Finding]:
    names = {member.name.casefold() for member in members}
    for expected in _PRESENTATION:
        if expected not in names:
            yield _remark("presentation", _("« %(name)s » manque"), expected.upper(), level="info")
    for member in members:
        if member.name in described or _role(member.name, described) in ("metadata", "presentation"):
            continue
        if kind_of(member.head) == "une archive ZIP":
            yield _remark("nested", _("« %(name)s » est une archive dans l'enveloppe : elle n'est pas ouverte"), member.name)
        else:
            yield _remark("not-described", _("« %(name)s » n'est pas décrit par METADATA : il n'est pas lu"), member.name)


def _role(name: str, documents: set[str]) -> Role:
    if name in documents:
        return "document"
    if _METADATA.fullmatch(name):
        return "metadata"
    return "presentation" if name.casefold() in _PRESENTATION else "other"


def _remark(code: str, words: str, name: str, *, level: Level = "warning") -> Finding:
    message = words % {"name": shown(name)}
    return Finding(code=f"xdm-{code}", level=level, message=message, location=shown(name), source="IHE XDM")
