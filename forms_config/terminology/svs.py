"""Reads official value sets: SVS (IHE ITI), the ART-DECOR lists of the structuration minimale, and CSV lists with their index.

Files come from an operator's disk or from an upload: they are bounded, no entity is resolved, and an unreadable
one is named in French.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from lxml import etree

from forms_config.terminology.concept import Concept, ValueSetData, ValueSetError

MAX_BYTES = 20 * 1024 * 1024
MAX_FILES = 5_000
MAX_CONCEPTS = 200_000
SOURCE = "ANS, jeux de valeurs CI-SIS"
_SVS = "{urn:ihe:iti:svs:2008}"
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})", re.ASCII)


def read_folder(folder: Path) -> Iterator[ValueSetData | ValueSetError]:
    """Every value set of a folder, files in order of name; an unreadable file gives its error instead.

    XML files that are not value sets are passed over. Raises :class:`ValueSetError` when there is no such folder.
    """
    if not folder.is_dir():
        raise ValueSetError(f"Dossier introuvable : {folder}")
    for number, path in enumerate(sorted(folder.glob("*.xml"))):
        if number >= MAX_FILES:
            raise ValueSetError(f"{folder} : plus de {MAX_FILES} fichiers")
        try:
            data = read_file(path)
        except ValueSetError as error:
            yield error
        else:
            if data is not None:
                yield data
    if (folder / "_index.csv").is_file():
        yield from _read_csv_folder(folder)


def read_file(path: Path) -> ValueSetData | None:
    """The value set of an XML file, nothing when the file is about something else; raises :class:`ValueSetError`."""
    if path.stat().st_size > MAX_BYTES:
        raise ValueSetError(f"{path.name} : plus de {MAX_BYTES // 1024 // 1024} Mo")
    return read_xml(path.read_bytes(), path)


def read_xml(content: bytes, path: Path) -> ValueSetData | None:
    """The value set of the content of an XML file called ``path``, nothing when it is about something else.

    Raises :class:`ValueSetError`.
    """
    root = _parse(content, path)
    if root.tag == f"{_SVS}RetrieveValueSetResponse":
        return _read_svs(root, path)
    if etree.QName(root).localname == "valueSets":
        return _read_art_decor(root, path)
    return None


def _parse(content: bytes, path: Path) -> etree._Element:
    if any(mark in content for mark in _DOCTYPES):
        raise ValueSetError(f"{path.name} : déclaration DOCTYPE interdite")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise ValueSetError(f"{path.name} : XML mal formé, ligne {error.lineno}") from None


def _read_svs(root: etree._Element, path: Path) -> ValueSetData:
    element = root.find(f"{_SVS}ValueSet")
    if element is None:
        raise ValueSetError(f"{path.name} : aucun ValueSet dans la réponse SVS")
    concepts = tuple(
        Concept(
            code=_attribute(concept, "code", path),
            system=_attribute(concept, "codeSystem", path),
            label=_attribute(concept, "displayName", path),
            valid_from=_day(concept.get("dateValid", "")),
            valid_to=_day(concept.get("dateFin", "")),
        )
        for concept in element.iterfind(f"{_SVS}ConceptList/{_SVS}Concept")
    )
    revision = _day(element.get("revisionDate", "")) or _day(element.get("effectiveDate", ""))
    return _value_set(path, path.stem, element.get("title", ""), element.get("id", ""), revision, concepts)


def _read_art_decor(root: etree._Element, path: Path) -> ValueSetData | None:
    element = root.find("{*}valueSet")
    if element is None or not element.get("displayName"):
        return None
    concepts = tuple(
        Concept(_attribute(c, "code", path), _attribute(c, "codeSystem", path), _attribute(c, "displayName", path))
        for c in element.iterfind("{*}conceptList/{*}concept")
    )
    revision = _day(element.get("versionLabel", "")) or _day(element.get("effectiveDate", ""))
    return _value_set(path, element.get("displayName", ""), "", element.get("id", ""), revision, concepts)


def _read_csv_folder(folder: Path) -> Iterator[ValueSetData | ValueSetError]:
    with (folder / "_index.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            path = folder / f"{row['file']}.csv"
            try:
                with path.open(encoding="utf-8", newline="") as lines:
                    concepts = tuple(Concept(r["code"], r["codeSystem"], r["display"]) for r in csv.DictReader(lines))
                yield _value_set(path, row["file"], "", row["oid"], _day(row["revisionDate"]), concepts)
            except (OSError, KeyError, ValueError) as error:
                yield ValueSetError(f"{path.name} : liste illisible ({error})")


def _value_set(path: Path, name: str, title: str, oid: str, revision: date | None, concepts: tuple[Concept, ...]) -> ValueSetData:
    if not oid or revision is None:
        raise ValueSetError(f"{path.name} : identifiant ou date de révision absents")
    check_concepts(concepts, path.name)
    return ValueSetData(name.removesuffix(".tabs"), title, oid, revision, SOURCE, concepts)


def check_concepts(concepts: Sequence[Concept], name: str) -> None:
    """Refuse what is no list of codes, each once: raises :class:`ValueSetError`, which names the file."""
    if not concepts or len(concepts) > MAX_CONCEPTS:
        raise ValueSetError(f"{name} : {len(concepts)} codes (de 1 à {MAX_CONCEPTS} attendus)")
    counted = Counter((c.code, c.system) for c in concepts)
    doubles = [code for (code, _system), count in counted.items() if count > 1]
    if doubles:
        raise ValueSetError(f"{name} : {len(doubles)} codes en double ({', '.join(doubles[:5])})")


def _attribute(element: etree._Element, name: str, path: Path) -> str:
    value = " ".join((element.get(name) or "").split())
    if not value:
        raise ValueSetError(f"{path.name}, ligne {element.sourceline} : code sans « {name} »")
    return value


def _day(text: str) -> date | None:
    match = _DAY.match(text)
    if not match:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
