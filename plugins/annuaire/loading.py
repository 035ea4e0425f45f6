"""Loads an extraction as a new generation, batch by batch, and puts it in use at the end: readers never see half of one.

A load that died leaves its rows unseen; the next one clears them. Nothing is resumed in the middle: a file is loaded whole.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from plugins.annuaire.models import Activity, Box, Extraction
from plugins.annuaire.reading import Table, UnreadableExtraction, open_table
from plugins.annuaire.rows import Row, WrongRow, activity_of, box_of

BATCH = 2_000
ALIVE = timedelta(minutes=10)
"""How long after its last batch a load is taken for one that still runs."""
WORST_SHARE = 0.02
"""Share of lines that may be passed over; above it, the file is not what it seems."""
LEAST_KEPT = 0.5
"""A file that holds less than this share of what is in use was cut, or is of one department only."""
TOLD = 20

_MODELS: dict[str, tuple[type[Box] | type[Activity], Callable[[Row], dict[str, Any]]]] = {
    "boites": (Box, box_of),
    "activites": (Activity, activity_of),
}


class LoadRefused(Exception):
    """An extraction that is not put in use; what was in use stays. The message is French."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load gave: lines kept and passed over, the first reasons of these, and whether it was in use already."""

    kind: str
    file: str
    kept: int
    passed_over: int
    reasons: tuple[str, ...]
    already: bool = False


def load(path: Path, *, smaller: bool = False) -> Loaded:
    """Load the file (or the first one of an archive) and put it in use; ``smaller`` lets it hold much less than what is in use.

    Raises :class:`LoadRefused`; a file that is in use already is read to the end, and changes nothing.
    """
    try:
        with _opened(path) as (stream, name):
            table = open_table(stream, name)
            extraction = _begun(table)
            try:
                return _loaded(table, extraction, smaller)
            except BaseException:
                _forget(extraction)
                raise
    except UnreadableExtraction as error:
        raise LoadRefused(str(error)) from None
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise LoadRefused(f"{path.name} : illisible ({error})") from None


def _loaded(table: Table, extraction: Extraction, smaller: bool) -> Loaded:
    reasons: list[str] = []
    counts: Counter[str] = Counter()
    rows = _built(table, counts, reasons)
    insert, names = _insert(table.shape.kind)
    while batch := list(islice(rows, BATCH)):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(insert, [(extraction.pk, *(row[name] for name in names)) for row in batch])
            _still_ours(extraction, counts)
    found = Loaded(table.shape.kind, table.name, counts["kept"], counts["passed"], tuple(reasons))
    digest = table.digest.hexdigest()
    current = in_use(table.shape.kind)
    if current is not None and current.sha256 == digest:
        _forget(extraction)
        Extraction.objects.filter(pk=current.pk).update(finished_at=timezone.now())
        return Loaded(found.kind, found.file, found.kept, found.passed_over, found.reasons, already=True)
    _check_plausible(found, current, smaller)
    _switch(extraction, counts, digest)
    return found


def _insert(kind: str) -> tuple[str, list[str]]:
    """The statement that writes a row, and its fields after the generation; an object for each row would be most of a load."""
    options = _MODELS[kind][0]._meta
    fields = [field for field in options.concrete_fields if not field.primary_key and field.name != "extraction"]
    quoted = ", ".join(
        connection.ops.quote_name(column) for column in ("extraction_id", *(str(field.column) for field in fields))
    )
    places = ", ".join(["%s"] * (len(fields) + 1))
    table = connection.ops.quote_name(options.db_table)
    statement = f"INSERT INTO {table} ({quoted}) VALUES ({places})"  # noqa: S608  (names of our own model; values are parameters)
    return statement, [f.name for f in fields]


def _built(table: Table, counts: Counter[str], reasons: list[str]) -> Iterator[dict[str, Any]]:
    build = _MODELS[table.shape.kind][1]
    for row in table.rows():
        try:
            if row is None:
                raise WrongRow("pas le nombre de colonnes de l'en-tête")
            made = build(row)
        except WrongRow as error:
            counts["passed"] += 1
            if len(reasons) < TOLD:
                reasons.append(f"ligne {table.line} : {error}")
            continue
        counts["kept"] += 1
        yield made


def _begun(table: Table) -> Extraction:
    """A generation to fill; raises :class:`LoadRefused` while another load of this kind runs."""
    now = timezone.now()
    for former in Extraction.objects.filter(kind=table.shape.kind, state=Extraction.State.LOADING):
        if former.seen_at > now - ALIVE:
            raise LoadRefused(f"{table.name} : un chargement de ce contenu est en cours (« {former.file} »)")
        _forget(former)
    try:
        with transaction.atomic():
            return Extraction.objects.create(kind=table.shape.kind, file=table.name[:200], started_at=now, seen_at=now)
    except IntegrityError:
        raise LoadRefused(f"{table.name} : un chargement de ce contenu vient de commencer") from None


def _still_ours(extraction: Extraction, counts: Counter[str]) -> None:
    told = {"seen_at": timezone.now(), "kept": counts["kept"], "passed_over": counts["passed"]}
    if not Extraction.objects.filter(pk=extraction.pk, state=Extraction.State.LOADING).update(**told):
        raise LoadRefused(f"{extraction.file} : un autre chargement a pris la place de celui-ci")


def _check_plausible(found: Loaded, current: Extraction | None, smaller: bool) -> None:
    total = found.kept + found.passed_over
    if not found.kept:
        raise LoadRefused(f"{found.file} : aucune ligne retenue sur {total}. {' ; '.join(found.reasons[:3])}")
    if found.passed_over > max(1, total * WORST_SHARE):
        raise LoadRefused(f"{found.file} : {found.passed_over} lignes écartées sur {total}, par exemple {found.reasons[0]}")
    if current is not None and found.kept < current.kept * LEAST_KEPT and not smaller:
        raise LoadRefused(
            f"{found.file} : {found.kept} lignes, contre {current.kept} en service ; si c'est voulu, l'importer avec --smaller"
        )


@transaction.atomic
def _switch(extraction: Extraction, counts: Counter[str], digest: str) -> None:
    now = timezone.now()
    _still_ours(extraction, counts)
    Extraction.objects.filter(kind=extraction.kind, state=Extraction.State.CURRENT).update(state=Extraction.State.FORMER)
    Extraction.objects.filter(pk=extraction.pk).update(state=Extraction.State.CURRENT, sha256=digest, finished_at=now)
    transaction.on_commit(lambda: clear(extraction.kind))


def clear(kind: str) -> None:
    """Delete the rows of generations that were replaced; what they were stays in the list of extractions."""
    model = _MODELS[kind][0]
    for former in Extraction.objects.filter(kind=kind, state=Extraction.State.FORMER):
        _clear_rows(model, former)


def _forget(extraction: Extraction) -> None:
    _clear_rows(_MODELS[extraction.kind][0], extraction)
    Extraction.objects.filter(pk=extraction.pk, state=Extraction.State.LOADING).delete()


def _clear_rows(model: type[Box] | type[Activity], extraction: Extraction) -> None:
    """In lots, so that nobody waits for one long transaction."""
    rows = model._default_manager.filter(extraction=extraction)
    while ids := list(rows.values_list("pk", flat=True)[: 10 * BATCH]):
        rows.filter(pk__gte=min(ids), pk__lte=max(ids))._raw_delete(rows.db)


def in_use(kind: str) -> Extraction | None:
    """The generation that readers see."""
    return Extraction.objects.filter(kind=kind, state=Extraction.State.CURRENT).first()


@contextmanager
def _opened(path: Path) -> Iterator[tuple[BinaryIO, str]]:
    """The text of a file, or of the only text in an archive, which is read as it unpacks and never written."""
    if path.suffix.lower() != ".zip":
        with path.open("rb", buffering=1 << 20) as stream:
            yield stream, path.name
        return
    with zipfile.ZipFile(path) as archive:
        texts = [member for member in archive.infolist() if member.filename.lower().endswith((".txt", ".csv"))]
        if len(texts) != 1:
            raise UnreadableExtraction(f"{path.name} : {len(texts)} fichiers texte dans l'archive, un seul est attendu")
        if texts[0].flag_bits & 1 or texts[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise UnreadableExtraction(f"{path.name} : archive chiffrée, ou d'une compression inconnue")
        with archive.open(texts[0]) as member:
            yield cast("BinaryIO", member), os.path.basename(texts[0].filename)
