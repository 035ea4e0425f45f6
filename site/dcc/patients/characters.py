"""The characters of identity names, as the INSi service takes them, and the conversion of what people type. Pure.

Rules: SEL-MP-043 §2 and §3.4.1, RNIV. Capitals A to Z, space, apostrophe, hyphen, and the double hyphen in a birth name; a
character without a defined equivalent is refused, never dropped.
"""

from __future__ import annotations

import re
import unicodedata

LIMIT = 100

_GROUPS = {
    "A": "ÀÁÂÃÄÅ",
    "C": "Ç",
    "E": "ÈÉÊË",
    "I": "ÌÍÎÏ",
    "N": "Ñ",
    "O": "ÒÓÔÕÖØ",
    "U": "ÙÚÛÜ",
    "Y": "ÝŸ",
    "S": "Š",
    "Z": "Ž",
    "AE": "Æ",
    "OE": "Œ",
    "SS": "ẞ",
    "'": "’‘ʼ",
    "-": "‐‑‒–—−",
    " ": "\u00a0\u202f\u2009\t",
}
# Typographic ligatures come with what is copied from a PDF; each is its letters and nothing else.
_PRINTED = {"ﬀ": "FF", "ﬁ": "FI", "ﬂ": "FL", "ﬃ": "FFI", "ﬄ": "FFL", "ß": "SS"}
EQUIVALENTS = {char: plain for plain, chars in _GROUPS.items() for char in chars} | _PRINTED
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ '-")


def convert(text: str) -> str:
    """What was typed, in capitals without accents, ligatures nor typographic signs; spaces are trimmed and single.

    Raises ``ValueError`` in French, naming the characters that have no equivalent.
    """
    plain = [_converted(char) for char in unicodedata.normalize("NFC", text)]
    unknown = sorted({char for char in plain if not set(char) <= _PLAIN})
    if unknown:
        shown = ", ".join(f"« {_named(char)} »" for char in unknown)
        raise ValueError(f"Caractère non admis : {shown} (lettres, espace, apostrophe et tiret seulement)")
    return re.sub(" +", " ", "".join(plain)).strip()


def _converted(char: str) -> str:
    """The equivalent of one character, itself when it has none.

    The table alone gives equivalents: the capital of « ı » or « ſ » is a plain letter, yet nothing says that it is the same name.
    """
    if char in EQUIVALENTS:
        return EQUIVALENTS[char]
    if char.isascii():
        return char.upper()
    return EQUIVALENTS.get(char.upper(), char)


def _named(char: str) -> str:
    """How a refused character is shown: one that cannot be seen, or that would stick to the quotation mark, by its number."""
    seen = char.isprintable() and not any(map(unicodedata.combining, char)) and not char.isspace()
    return char if seen else " ".join(f"U+{ord(part):04X}" for part in char)


def birth_name(text: str) -> str:
    """A birth name in INSi characters, converted from what was typed; empty stays empty. Raises ``ValueError`` in French."""
    name = convert(text)
    _check_shape(name)
    if "---" in name:
        raise ValueError("Trois tirets ne peuvent se suivre")
    return name


def given_names(text: str) -> str:
    """One given name or a list separated by spaces, in INSi characters; empty stays empty. Raises ``ValueError`` in French."""
    name = convert(text)
    _check_shape(name)
    if "--" in name:
        raise ValueError("Un prénom ne porte pas de double tiret")
    if any(one.startswith("-") for one in name.split()):
        raise ValueError("Un prénom ne commence pas par un tiret")
    if any(one.endswith(("-", "'")) for one in name.split()):
        raise ValueError("Un prénom ne finit ni par un tiret ni par une apostrophe")
    return name


def _check_shape(name: str) -> None:
    if not name:
        return
    if len(name) > LIMIT:
        raise ValueError(f"{LIMIT} caractères au plus")
    if name.startswith("-"):
        raise ValueError("Un nom ne commence pas par un tiret")
    if "''" in name:
        raise ValueError("Deux apostrophes ne peuvent se suivre")
    if "' " in name or " '" in name:
        raise ValueError("Pas d'espace à côté d'une apostrophe")
    if not any("A" <= char <= "Z" for char in name):
        raise ValueError("Au moins une lettre est attendue")


def fits_list(first: str, names: str) -> bool:
    """Whether the first given name is the start of the list, hyphen and apostrophe counting as a space (RNIV)."""
    return f"{_spaced(names)} ".startswith(f"{_spaced(first)} ")


def beginnings(names: str) -> list[str]:
    """What may be the first given name of a list that writes no hyphen: its one, two or three first words (ins.md §1.5)."""
    words = names.split()
    return [" ".join(words[:count]) for count in range(1, min(len(words), 3) + 1)]


def _spaced(name: str) -> str:
    return name.replace("-", " ").replace("'", " ")
