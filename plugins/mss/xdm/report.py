"""What an envelope holds, for people (``manage.py xdm read``) and for programs (``--json``)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from dcc.contracts import xds
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import InstanceId
from dcc.contracts.untrusted import read_file_at
from plugins.mss.xdm.archive import ENVELOPE_LIMIT, MEMBER_LIMIT, shown
from plugins.mss.xdm.envelope import Envelope
from plugins.mss.xdm.reading import read

_LEVELS = {"error": "erreur", "warning": "avertissement", "info": "information"}
_NAMES = {
    "action": "action",
    "unique_id": "uniqueId",
    "title": "title",
    "type_code": "typeCode",
    "class_code": "classCode",
    "format_code": "formatCode",
    "patient_id": "patientId",
    "source_patient_id": "sourcePatientId",
    "source_patient_info": "sourcePatientInfo",
    "authors": "author",
    "legal_authenticator": "legalAuthenticator",
    "events": "eventCodeList",
    "service_start": "serviceStartTime",
    "service_stop": "serviceStopTime",
    "creation_time": "creationTime",
    "facility_type": "healthcareFacilityTypeCode",
    "practice_setting": "practiceSettingCode",
    "confidentiality": "confidentialityCode",
    "language": "languageCode",
    "mime_type": "mimeType",
    "uri": "URI",
    "hash": "hash",
    "size": "size",
    "replaces": "RPLC",
    "comments": "comments",
}
"""Attributes as XDS names them, in the order in which people look for them."""

_OF_THE_HEADER = ("custodian", "parent", "set_id")
"""Attributes that only a CDA says."""


def report_of(path: Path) -> Mapping[str, Any]:
    """The report of an envelope, of its unfolded folder, or of a METADATA.XML alone; raises ``Refused`` in French."""
    if path.is_dir() or path.name.upper() == "METADATA.XML":
        return _of_metadata(path)
    return _of_envelope(read(read_file_at(path, ENVELOPE_LIMIT)))


def lines_of(report: Mapping[str, Any]) -> Iterator[str]:
    """The report in French, line by line."""
    patient = report["patient"]
    yield _("Patient : %s") % (f"{patient['extension']} ({patient['root']})" if patient else _("non désigné"))
    for lot in report["lots"]:
        yield _("Lot : %(title)s, soumis le %(time)s UTC, identifiant %(id)s") % {
            "title": lot["title"],
            "time": lot["submission_time"],
            "id": lot["unique_id"],
        }
    for file in report["files"]:
        yield f"  {file['sha1']:40}  {file['size']:>9}  {file['name']}"
    for document in report["documents"]:
        yield _("Document : %s") % document["name"]
        yield from _metadata_lines(document["metadata"])
    for finding in report["findings"]:
        yield f"[{_LEVELS[finding['level']]}] {finding['message']}"


def _metadata_lines(metadata: Mapping[str, Any]) -> Iterator[str]:
    for name, shown_name in _NAMES.items():
        value = metadata.get(name)
        for one in value if isinstance(value, list | tuple) else (value,):
            if one not in (None, ""):
                yield f"  {shown_name:26} {_words(one)}"


def _words(value: Any) -> str:
    """An identifier, a code or an author on one line."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return " ; ".join(_words(part) for part in value if part)
    return str(value)


def _of_envelope(envelope: Envelope) -> Mapping[str, Any]:
    return {
        "patient": _identifier(envelope.patient_id),
        "lots": [asdict(lot) for lot in envelope.lots],
        "files": [asdict(file) for file in envelope.files],
        "documents": [
            {"name": document.name, "metadata": _entry(document.entry), "header": asdict(document.described)}
            for document in envelope.documents
        ],
        "findings": [asdict(finding) for finding in envelope.findings],
    }


def _of_metadata(path: Path) -> Mapping[str, Any]:
    """An unfolded envelope, of which documents may be left out (as in the official repository of samples)."""
    found = sorted(path.glob("IHE_XDM/*/METADATA.XML")) if path.is_dir() else [path]
    if len(found) != 1:
        raise Refused(_("« %s » ne contient pas un fichier IHE_XDM/SUBSET01/METADATA.XML") % path)
    submission = xds.parse(read_file_at(found[0], MEMBER_LIMIT))
    states = [_beside(found[0].parent, entry) for entry in submission.entries]
    return {
        "patient": _identifier(submission.lot.patient_id),
        "lots": [asdict(submission.lot)],
        "files": [file for file, _finding in states if file],
        "documents": [{"name": entry.uri, "metadata": _entry(entry), "header": None} for entry in submission.entries],
        "findings": [finding for _file, finding in states if finding],
    }


def _beside(folder: Path, entry: xds.DocumentEntry) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
    """The file of an entry in its folder, and what is to be said of it."""
    name = Path(entry.uri).name
    if not name or name != entry.uri or not (folder / name).is_file():
        words = _("« %s » est décrit par METADATA mais n'est pas dans le dossier") % shown(entry.uri)
        return None, {"code": "xdm-absent", "level": "warning", "message": words}
    content = read_file_at(folder / name, MEMBER_LIMIT)
    file = {
        "name": name,
        "size": len(content),
        "sha1": hashlib.sha1(content, usedforsecurity=False).hexdigest().upper(),
        "role": "document",
    }
    if entry.hash and entry.hash != file["sha1"]:
        words = _("« %s » a été modifié : son empreinte n'est pas celle de METADATA") % name
        return file, {"code": "xdm-hash", "level": "error", "message": words}
    return file, None


def _entry(entry: xds.DocumentEntry) -> Mapping[str, Any]:
    return {name: value for name, value in asdict(entry).items() if name not in _OF_THE_HEADER}


def _identifier(identifier: InstanceId | None) -> Mapping[str, Any] | None:
    return asdict(identifier) if identifier else None
