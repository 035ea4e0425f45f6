"""The journal in files, to be kept or handed over, and the proof that such files are whole.

A folder holds ``journal.jsonl`` (one trace a line, oldest first, with its number in the file and its digest) and
``manifest.json`` (what was asked, how many lines, the digest of the file, the head of the journal), signed with the key that
signs segments.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.audit import chain
from dcc.audit.actions import Kind
from dcc.audit.keys import current_key, key_named
from dcc.audit.models import Entry
from dcc.audit.sealing import ROW_FIELDS, ROWS_PER_SEGMENT, head, seal
from dcc.audit.services import Actor, record
from dcc.audit.verification import Breach

LINES, MANIFEST = "journal.jsonl", "manifest.json"
FORMAT = "oncodcc-journal-1"
SHOWN = 20
"""Lines told one by one; a file made again from the first line would say the same thing of each."""

Manifest = Mapping[str, Any]


def export(*, actor: Actor | None, folder: Path, since: datetime, until: datetime, kind: Kind | None = None) -> int:
    """Write the traces of ``[since, until)``, of one kind or all, in a new folder; returns how many. Bounded memory.

    What is committed is sealed first; ``journal.exported`` is recorded before the first line leaves. Raises ``FileExistsError``
    when the folder is there.
    """
    while seal() >= ROWS_PER_SEGMENT:
        pass  # one call seals a bounded number of segments
    number, digest = head()
    asked = {"at__gte": since, "at__lt": until, "segment_id__lte": number} | ({"kind": kind} if kind else {})
    found = Entry.objects.filter(**asked).order_by("at", "id")
    folder.mkdir(mode=0o700)
    with transaction.atomic():
        facts: dict[str, Any] = {"since": since, "until": until, "count": found.count(), **({"kind": kind.value} if kind else {})}
        record(actor=actor, action="journal.exported", subject="journal:files", **facts)
    count, content = _write(folder / LINES, found.values_list(*ROW_FIELDS).iterator(chunk_size=2_000))
    said = {
        "format": FORMAT, "exported_at": timezone.now().isoformat(), "since": since.isoformat(), "until": until.isoformat(),
        "kind": kind.value if kind else "", "count": count, "sha256": content, "head": [number, digest],
        "key_id": chain.key_id(current_key()),
    }  # fmt: skip
    signed = {**said, "signature": chain.sign_export(current_key(), said)}
    (folder / MANIFEST).write_text(json.dumps(signed, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return count


def _write(path: Path, rows: Iterator[tuple[Any, ...]]) -> tuple[int, str]:
    """Lines written, and the SHA-256 of the file."""
    content, number = hashlib.sha256(), 0
    with path.open("xb") as file:
        for number, values in enumerate(rows, start=1):
            row = chain.Row(*values)
            said = {"n": number, **row._asdict(), "at": row.at.isoformat(), "digest": chain.row_digest(row)}
            line = json.dumps(said, ensure_ascii=False, default=str).encode() + b"\n"
            content.update(line)
            file.write(line)
    return number, content.hexdigest()


def verify_files(folder: Path) -> Sequence[Breach]:
    """Everything that is wrong with an export; nothing means that it is what we wrote. Needs the keys, not the journal.

    Raises ``FileNotFoundError`` when one of its two files is missing.
    """
    manifest = _read_manifest(folder / MANIFEST)
    if manifest is None:
        return [Breach(_("Manifeste illisible"))]
    content, breaches, count = hashlib.sha256(), list[Breach](), 0
    with (folder / LINES).open("rb") as file:
        for count, line in enumerate(file, start=1):
            content.update(line)
            if len(breaches) < SHOWN:
                breaches += _line_breaches(count, line)
    return [*_manifest_breaches(manifest), *breaches, *_whole_breaches(manifest, count, content.hexdigest())]


def _read_manifest(path: Path) -> Manifest | None:
    try:
        manifest = json.loads(path.read_bytes())
    except ValueError:
        return None
    return manifest if isinstance(manifest, dict) else None


def _manifest_breaches(manifest: Manifest) -> Iterator[Breach]:
    key = key_named(str(manifest.get("key_id", "")))
    if key is None:
        yield Breach(_("Manifeste : clé de signature inconnue, remettre l'ancienne clé dans DCC_AUDIT_FORMER_KEYS"))
        return
    said = {name: value for name, value in manifest.items() if name != "signature"}
    signature = str(manifest.get("signature", "")).encode()
    if not hmac.compare_digest(signature, chain.sign_export(key, said).encode()):
        yield Breach(_("Manifeste : signature incorrecte"))


def _line_breaches(number: int, line: bytes) -> Iterator[Breach]:
    try:
        said = json.loads(line)
        row, place, digest = _row(said), said["n"], said["digest"]
    except (ValueError, LookupError, TypeError, AttributeError):
        yield Breach(_("Ligne %(line)s illisible") % {"line": number})
        return
    if place != number:
        wrong = {"line": number, "place": place}
        yield Breach(_("Ligne %(line)s : porte le rang %(place)s ; ligne retirée, ajoutée ou déplacée") % wrong, entry=row.id)
    if digest != chain.row_digest(row):
        yield Breach(_("Ligne %(line)s : modifiée") % {"line": number}, entry=row.id)


def _row(said: Mapping[str, Any]) -> chain.Row:
    values = {name: said[name] for name in ROW_FIELDS}
    ids = {name: UUID(said[name]) if said[name] else None for name in ("actor_id", "patient_id")}
    return chain.Row(**{**values, **ids, "at": datetime.fromisoformat(said["at"])})


def _whole_breaches(manifest: Manifest, count: int, content: str) -> Iterator[Breach]:
    if count != manifest.get("count"):
        yield Breach(_("%(found)s lignes au lieu de %(count)s") % {"found": count, "count": manifest.get("count")})
    if content != manifest.get("sha256"):
        yield Breach(_("Le fichier n'est pas celui du manifeste : son empreinte diffère"))
