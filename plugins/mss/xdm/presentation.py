"""INDEX.HTM and README.TXT: who sent the envelope, and with what (mss_hl7.md §6); README in 7-bit ASCII with CRLF (IHE)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Protocol

from dcc.contracts import xds

APPLICATION = ("OncoDCC", "0.1.0", "OncoDCC")
"""Name, version and publisher of this software."""

_OTHER_SIGNS = str.maketrans(
    {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "’": "'", "‘": "'", "«": '"', "»": '"', "–": "-", "—": "-"}
)


@dataclass(frozen=True, slots=True)
class Sender:
    """The structure that sends: ``structure_id`` as StructIdNat (1 and the FINESS, e.g. ``1750100125``)."""

    structure: str = ""
    structure_id: str = ""
    address: str = ""


class Named(Protocol):
    """The settings that name the sender."""

    @property
    def structure_name(self) -> str: ...
    @property
    def structure_id(self) -> str: ...
    @property
    def address(self) -> str: ...


def sender_of(settings: Named) -> Sender:
    """The sender that the settings of the plugin name; what they leave out, the documents say."""
    return Sender(settings.structure_name, settings.structure_id, settings.address)


def index(sender: Sender) -> bytes:
    """INDEX.HTM: XHTML 1.0 Strict, valid as such (the official samples have no body)."""
    number = f" ({sender.structure_id})" if sender.structure_id else ""
    who = escape(f"Emetteur : {sender.structure}{number}")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\r\n'
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">\r\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="fr" lang="fr">\r\n'
        "<head><title>Documents de sante</title></head>\r\n"
        f'<body><p>{who}</p><p>Voir le fichier <a href="README.TXT">ReadMe</a></p></body>\r\n'
        "</html>\r\n"
    ).encode("ascii", "xmlcharrefreplace")  # a browser takes .HTM for HTML and overlooks the encoding of the first line


def readme(sender: Sender, entries: Sequence[xds.DocumentEntry]) -> bytes:
    """README.TXT in the order of the official samples: sender, application, instructions, tree of files."""
    author = next((author.person for entry in entries for author in entry.authors if author.person), "")
    number = f" ({sender.structure_id})" if sender.structure_id else ""
    name, version, publisher = APPLICATION
    lines = [
        *_heading("Emetteur :"),
        f"    . Nom : {xds.name_of(author)}",
        f"    . Organisme : {sender.structure}{number}",
        *([f"    . Adresse : {sender.address}"] if sender.address else []),
        "",
        *_heading("Application de l'emetteur :"),
        f"    . Nom : {name}",
        f"    . Version : {version}",
        f"    . Editeur : {publisher}",
        "",
        *_heading("Instructions :"),
        ". Consultez les fichiers recus par messagerie securisee de sante dans votre logiciel de professionnel de sante.",
        "",
        *_heading("Arborescence :"),
        "     README.TXT",
        "     INDEX.HTM",
        "     + IHE_XDM",
        "           + SUBSET01",
        "                METADATA.XML",
        *(f"                {entry.uri}" for entry in entries),
        "",
    ]
    return "\r\n".join(ascii_of(line) for line in lines).encode("ascii")


def ascii_of(text: str) -> str:
    """Text on one line without accents; a sign that has no equivalent is a question mark."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.translate(_OTHER_SIGNS)) if not unicodedata.combining(c))
    return "".join(c if " " <= c <= "~" else "?" for c in bare)


def _heading(text: str) -> Sequence[str]:
    return text, "=" * len(text)
