"""What a scanner types, as the text it read. Pure.

A scanner that types (« keyboard wedge ») presses keys; what reaches the page depends on the keyboard it is set for, the one of
the workstation, and the caps lock. The header of an INS datamatrix is always the same 26 characters, so what became of it tells
what happened. A text is put back only where each character has one origin; otherwise the person is told what to set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dcc.contracts.datamatrix import HEADER, DatamatrixError

LONGEST = 2000
"""Characters of a text that may be a scan: a payload has 291, each separator may be spelled out."""

QWERTY_ON_AZERTY: Mapping[str, str] = {
    **dict(zip("à&é\"'(-è_ç", "0123456789", strict=True)),  # the row of digits, Windows and Linux
    **dict(zip("§!", "68", strict=True)),  # the same on a Macintosh
    **dict(zip("AQZW?)ù:", "QAWZM-'.", strict=True)),
}
"""What an AZERTY workstation writes, to what a scanner set for an American keyboard meant; others share their places."""
_SAME = frozenset("BCDEFGHIJKLNOPRSTUVXY \x1d")


@dataclass(frozen=True, slots=True)
class Typed:
    """The text of a scan, and what was put back, in French, or nothing."""

    text: str
    remark: str = ""


def put_back(typed: str) -> Typed:
    """The text that the scanner read; raises :class:`DatamatrixError` in French, saying what to set, when it cannot be known."""
    text = typed.strip(" \t\r\n")
    if len(text) > LONGEST:
        raise DatamatrixError(_("Texte trop long pour un datamatrix INS : vider le champ, puis scanner de nouveau"))
    if text.startswith(HEADER):
        return Typed(text)
    if _is(text, "ISà&"):
        return Typed(_from_qwerty(text), _("lecteur réglé sur un clavier américain : à régler sur le clavier français"))
    if _is(text, "is01"):
        return Typed(_from_capitals(text), _("verrouillage des majuscules actif pendant la lecture"))
    for beginning in ("isà&", "IS)!", "is)!", "ISÀ&", "isÀ&"):
        if text.startswith(beginning):
            raise DatamatrixError(
                _("Caractères changés par le clavier : désactiver « Verr. Maj. » et régler le lecteur sur le clavier français")
            )
    return Typed(text)


def _is(text: str, beginning: str) -> bool:
    """Whether a text begins with a header whose first four characters became these; the rest of it is zeros."""
    return text.startswith(beginning + beginning[2] * (len(HEADER) - len(beginning)))


def _from_qwerty(text: str) -> str:
    unknown = sorted({c for c in text if c not in QWERTY_ON_AZERTY and c not in _SAME})
    if unknown:
        raise DatamatrixError(
            _("Lecteur réglé sur un autre clavier, et « %(c)s » ne s'explique pas : le régler sur le clavier français")
            % {"c": unknown[0]}
        )
    return "".join(QWERTY_ON_AZERTY.get(c, c) for c in text)


def _from_capitals(text: str) -> str:
    """With the caps lock on, small letters are capitals; « . » in the OID says that the two keyboards agree on the rest."""
    if any(c.isupper() for c in text.replace("<GS>", "")) or "." not in text:
        raise DatamatrixError(_("Lecture en minuscules : désactiver « Verr. Maj. », puis scanner de nouveau"))
    return text.upper()
