"""What the stand-in answers, as XML; the prefixes change from one answer to the next, as they do at the real service."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from plugins.sandbox.insi.catalogue import Person
from plugins.sandbox.insi.validation import SOAP

RESULTAT = "http://www.cnamts.fr/INSiResultat"
SIRAM = "urn:siram"
PREFIXES = ("soap", "S", "env")
LABELS = {"00": "OK", "01": "Aucune identite trouvee", "02": "Plusieurs identites trouvees"}


def result(people: Sequence[Person], turn: int) -> bytes:
    """``RESULTAT`` for those who were found."""
    code = ("01", "00", "02")[min(len(people), 2)]
    root = etree.Element(f"{{{RESULTAT}}}RESULTAT", nsmap={None if turn % 2 else "res": RESULTAT})  # type: ignore[dict-item]  # lxml-stubs forget None, the default namespace
    _rows(_add(root, "CR"), ("CodeCR", code), ("LibelleCR", LABELS[code]))
    if code == "00":
        _individual(root, people[0])
    return _envelope(root, turn)


def fault(subcode: str, code: str, words: str, turn: int, *, sender: bool = False, reason: str = "") -> bytes:
    """A SOAP fault."""
    prefix = PREFIXES[turn % 3]
    root = etree.Element(f"{{{SOAP}}}Fault", nsmap={prefix: SOAP})
    held = _soap(root, "Code")
    _soap(held, "Value").text = f"{prefix}:{'Sender' if sender else 'Receiver'}"
    _soap(_soap(held, "Subcode"), "Value").text = f"{prefix}:{subcode}"
    text = _soap(_soap(root, "Reason"), "Text")
    text.text = reason or words
    text.set("{http://www.w3.org/XML/1998/namespace}lang", "fr")
    error = etree.SubElement(_soap(root, "Detail"), f"{{{SIRAM}}}Erreur", nsmap={"siram": SIRAM})
    error.set("code", code)
    error.set("severite", "erreur" if sender else "fatal")
    error.text = words
    return _envelope(root, turn)


def _individual(root: etree._Element, person: Person) -> None:
    found = _add(root, "INDIVIDU")
    _matricule(_add(found, "INSACTIF"), (person.ins,), person.oid)
    for former in person.former:
        _matricule(_add(found, "INSHISTO"), former, person.oid, disordered=person.disordered)
    traits = (("NomNaissance", person.name), ("ListePrenom", person.given), ("Sexe", person.sex))
    _rows(_add(found, "TIQ"), *traits, ("DateNaissance", person.born), ("LieuNaissance", person.place))


def _matricule(parent: etree._Element, held: Sequence[str], oid: str, *, disordered: bool = False) -> None:
    dates = tuple(zip(("DateDeb", "DateFin"), held[1:], strict=False))
    if disordered:
        _rows(parent, *dates)
    _rows(_add(parent, "IdIndividu"), ("NumIdentifiant", held[0][:13]), ("Cle", held[0][13:]))
    _rows(parent, ("OID", oid), *(() if disordered else dates))


def _rows(parent: etree._Element, *rows: tuple[str, str]) -> None:
    for name, text in rows:
        _add(parent, name).text = text


def _add(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{RESULTAT}}}{name}")


def _soap(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{SOAP}}}{name}")


def _envelope(payload: etree._Element, turn: int) -> bytes:
    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap={PREFIXES[turn % 3]: SOAP})
    if turn % 2:
        _soap(root, "Header")
    _soap(root, "Body").append(payload)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
