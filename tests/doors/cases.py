"""The table of bad input (issue 2): each file, what an import says of it, and what ``check_cda`` says where it refuses it too."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass

from django.apps import apps
from django.core.files.storage import storages

from dcc.contracts.testing import hostile_files
from plugins.cda.tests.documents import answers_of, written

HOSTILE = dict(hostile_files())
PATIENT_IDS = (
    '<id root="1.2.250.1.213.1.4.10" extension="279035121518989"/>',
    '<id root="1.2.250.1.999.1" extension="1234567890121"/>',
)
TEMPLATE = '<templateId root="1.2.250.1.213.1.1.1.8" extension="2025.01"/>'
PDF_START = base64.b64encode(b"%PDF-1.4\n").decode()[:10]


def good() -> str:
    """A document of ours that every door takes."""
    return written(answers_of("minimal")).decode()


def changed(*pairs: tuple[str, str]) -> bytes:
    """The good document with some of its text replaced; each replacement must find something."""
    text = good()
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()


def own_id() -> str:
    """ClinicalDocument/id of the good document, as it is written."""
    return good()[good().index("<id root=") :].partition("/>")[0] + "/>"


def two_patients() -> bytes:
    """Two recordTarget, which the schema of CDA R2 allows."""
    text = good()
    start, end = text.index("<recordTarget>"), text.index("</recordTarget>") + len("</recordTarget>")
    return (text[:end] + text[start:end].replace("PAT-TROIS", "PAT-DEUX") + text[end:]).encode()


@dataclass(frozen=True)
class Case:
    """A bad file: how it is made, what an import says, and what a check says (nothing: it can be checked, and is found wrong)."""

    make: Callable[[], bytes]
    said: str
    checked: str = ""


def _hostile(name: str, said: str) -> Case:
    return Case(lambda: HOSTILE[name], said, said)


def _same(make: Callable[[], bytes], said: str) -> Case:
    return Case(make, said, said)


DOCTYPE = "DOCTYPE interdite"
CASES: dict[str, Case] = {
    "malformed": _same(lambda: changed(("</recordTarget>", "</recordTarge>")), "Ligne 2, colonne"),
    "truncated": _same(lambda: good().encode()[:-20], "Ligne 2, colonne"),
    "XXE, file": _hostile("an external entity", DOCTYPE),
    "XXE, HTTP": _hostile("an external entity over HTTP", DOCTYPE),
    "XXE, parameter entity": _hostile("a parameter entity", DOCTYPE),
    "external DTD": _hostile("an external DTD", DOCTYPE),
    "billion laughs": _hostile("a billion laughs", DOCTYPE),
    "quadratic blow-up": _hostile("a quadratic blow-up", DOCTYPE),
    "XXE in a whole document": _same(
        lambda: changed(
            ("<ClinicalDocument", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><ClinicalDocument'),
            ("<title>", "<title>&e;"),
        ),
        "Ligne 2 : déclaration DOCTYPE interdite",
    ),
    "wrong root": _hostile("another root", "l'élément racine est « html »"),
    "wrong namespace": Case(lambda: changed(("urn:hl7-org:v3", "urn:x")), "l'élément racine est", "« urn:x »"),
    "Latin-1 said to be UTF-8": _same(lambda: good().encode("latin-1", "replace"), "n'est pas en UTF-8 (octet 0x"),
    "UTF-16": _same(lambda: good().encode("utf-16"), "encodé en UTF-16"),
    "UTF-16 without mark": _same(lambda: good().encode("utf-16-le"), "encodé en UTF-16"),
    "UTF-32": _same(lambda: good().encode("utf-32"), "encodé en UTF-32"),
    "unknown encoding": _hostile("an unknown encoding", "« x-nowhere »"),
    "UTF-7": _same(lambda: changed(("UTF-8", "UTF-7")), "« utf-7 »"),
    "a ZIP": _hostile("a ZIP that inflates", "une archive ZIP"),
    "an image": _hostile("a PNG named .xml", "une image PNG"),
    "a PDF": _hostile("a PDF", "un fichier PDF"),
    "noise": Case(lambda: HOSTILE["noise"], "n'est pas un document que la plateforme sait lire", "Ligne 1, octet 1"),
    "zeros": Case(lambda: HOSTILE["zero bytes"], "n'est pas un document que la plateforme sait lire", "Ligne 1"),
    "a zero inside": _same(lambda: changed(("<title>", "<title>\0")), "caractère interdit"),
    "empty": _hostile("empty", "vide"),
    "blank": _hostile("blank", "vide"),
    "deep": _hostile("a deep tree", "démesuré"),
    "two hundred and one levels": _same(
        lambda: changed(("<title>FRCP", "<a>" * 200 + "</a>" * 200 + "<title>FRCP")), "plus de 200 niveaux d'imbrication"
    ),
    "wide": _hostile("a wide tree", "démesuré"),
    "huge attribute": _hostile("a huge attribute", "l'élément racine est « a »"),
    "two roots": _hostile("two roots", "contenu après la fin du document"),
    "no identifier": Case(
        lambda: changed((good()[good().index("<id root=") :].partition("/>")[0] + "/>", "")), "(ClinicalDocument/id)"
    ),
    "an identifier without root": Case(
        lambda: changed((good()[good().index("<id root=") :].partition("/>")[0] + "/>", '<id nullFlavor="NI"/>')),
        "(ClinicalDocument/id)",
    ),
    "an endless identifier": Case(
        lambda: changed(('extension="lot-1"', f'extension="{"9" * 500}"')), "(ClinicalDocument/setId) : plus de 128"
    ),
    "an unknown template": Case(lambda: changed((TEMPLATE, '<templateId root="1.2.3"/>')), "Modèle de document inconnu"),
    "an unknown version": Case(lambda: changed(('extension="2025.01"', 'extension="2031.01"')), "Version « 2031.01 » du volet"),
    "another type": Case(
        lambda: changed(('<code code="34794-8"', '<code code="11502-2"'), (TEMPLATE, '<templateId root="1.2.3"/>')),
        "(11502-2) : seuls la fiche de RCP",
    ),
    "no patient id": Case(
        lambda: changed((PATIENT_IDS[0], ""), (PATIENT_IDS[1], '<id nullFlavor="NI"/>')), "recordTarget/patientRole/id"
    ),
    "no patient": Case(
        lambda: changed(("<recordTarget>", "<authenticator>"), ("</recordTarget>", "</authenticator>")), "aucun patient"
    ),
    "two patients": Case(two_patients, "2 patients (recordTarget)"),
    "a wrong key of the INS": Case(lambda: changed(("279035121518989", "279035121518988")), "En-tête : Matricule INS"),
    "no birth date": Case(lambda: changed(('<birthTime value="19790328"/>', "")), "Date de naissance"),
}


def rows() -> dict[str, int]:
    """How many rows every table has, and files every store."""
    counted = {m._meta.label: m._default_manager.count() for m in apps.get_models() if m._meta.managed and not m._meta.proxy}
    return counted | {f"store {alias}": _files(alias, "") for alias in ("artifacts", "attachments")}


def _files(alias: str, folder: str) -> int:
    try:
        folders, files = storages[alias].listdir(folder)
    except FileNotFoundError:
        return 0
    return len(files) + sum(_files(alias, f"{folder}/{name}".lstrip("/")) for name in folders)


def difference(before: dict[str, int]) -> dict[str, int]:
    """What was added since ``before``; only what changed."""
    return {name: count - before[name] for name, count in rows().items() if count != before[name]}
