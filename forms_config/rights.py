"""Who may do what with the lists and the patient-rights texts: one table, content and deed by role. The admin asks it too.

``oui`` lets everybody who holds the role do it, wherever; ``-`` nobody. Approving somebody else's text is publishing it; nobody
approves an own one (:mod:`forms_config.legal`). Roles that are not named here, and the superuser flag, open nothing.

A *national* list is one of the ANS, or one of the few that ship with the platform; a *regional* one was created here. To name
(``nommer``) is to give the region's preferred labels and synonyms, which never leave the screens.

Source: R-039, R-040; decisions 0061 and 0150.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts

if TYPE_CHECKING:
    from dcc.accounts.models import User


class Content(StrEnum):
    """What the table speaks of."""

    NATIONAL_TEXT = "texte_national"
    REGIONAL_TEXT = "texte_regional"
    FACILITY_TEXT = "texte_etablissement"
    NATIONAL_LIST = "liste_nationale"
    REGIONAL_LIST = "liste_regionale"


class Deed(StrEnum):
    """What one does with it."""

    SEE = "voir"
    EDIT = "modifier"
    PUBLISH = "publier"
    WORD = "nommer"


_TABLE = """
                               medecin  assistant  lecteur  editeur  administrateur  responsable
texte_national       voir      -        -          -        oui      oui             -
texte_national       modifier  -        -          -        -        oui             -
texte_national       publier   -        -          -        -        oui             -
texte_regional       voir      -        -          -        oui      oui             -
texte_regional       modifier  -        -          -        oui      oui             -
texte_regional       publier   -        -          -        oui      oui             -
texte_etablissement  voir      -        -          -        oui      oui             -
texte_etablissement  modifier  -        -          -        oui      oui             -
texte_etablissement  publier   -        -          -        oui      oui             -
liste_nationale      voir      -        -          -        oui      oui             -
liste_nationale      modifier  -        -          -        -        oui             -
liste_nationale      nommer    -        -          -        oui      oui             -
liste_regionale      voir      -        -          -        oui      oui             -
liste_regionale      modifier  -        -          -        oui      oui             -
liste_regionale      nommer    -        -          -        oui      oui             -
"""


def _parsed(table: str) -> dict[tuple[Content, Deed, str], bool]:
    header, *lines = (line.split() for line in table.strip().splitlines())
    return {
        (Content(content), Deed(deed), role): cell == "oui"
        for content, deed, *cells in lines
        for role, cell in zip(header, cells, strict=True)
    }


RIGHTS: Mapping[tuple[Content, Deed, str], bool] = _parsed(_TABLE)
"""The table, cell by cell: ``(content, deed, role)``."""


def may(actor: User | None, deed: Deed, content: Content) -> bool:
    """Whether ``actor`` may do that; the platform itself (nobody) may."""
    return actor is None or any(RIGHTS.get((content, deed, post.role), False) for post in accounts.rights(actor).posts)


def require(actor: User | None, deed: Deed, content: Content) -> None:
    """Raise ``PermissionDenied`` unless :func:`may`."""
    if not may(actor, deed, content):
        raise PermissionDenied(_("Ce compte ne peut pas faire cela : %(deed)s, %(content)s") % {"deed": deed, "content": content})
