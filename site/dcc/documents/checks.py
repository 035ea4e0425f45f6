"""System check of the types of document: what a plugin brings must hold before anybody writes with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.core.checks import CheckMessage, Error

from dcc.accounts import api as accounts
from dcc.contracts.capabilities import DocumentType
from dcc.contracts.registry import current
from dcc.documents.states import STATUSES
from forms_config.catalogue.loader import CatalogueError, load_catalogue

KEY_LENGTH = 20
"""Characters of a type's key in the tables of documents."""


def check_document_types(**_: object) -> list[CheckMessage]:
    """An error for each type that cannot work: its catalogue, what it follows, when it leaves, its code."""
    types = current().all(DocumentType)
    return [
        Error(f"Type de document « {found.key} » : {problem}", id="dcc.E003")
        for found in types
        for problem in problems(found, types)
    ]


def check_regional_scopes(**_: object) -> list[CheckMessage]:
    """An error for each line of the region's table of rights that speaks of a type or a status that no document has."""
    types = {found.key for found in current().all(DocumentType)}
    return [
        Error(f"Table des droits de la région, {change.action} : aucun document n'est « {unknown} »", id="dcc.E004")
        for change in _regional_changes()
        for unknown in {change.scope.document_type} - types - {""} | {change.scope.status} - set(STATUSES) - {""}
    ]


def _regional_changes() -> Sequence[accounts.Change]:
    try:
        return accounts.regional_changes()
    except (OSError, ValueError):
        return ()  # said by the check of the accounts room


def problems(found: DocumentType, types: Sequence[DocumentType]) -> Iterator[str]:
    """What is wrong with a type among all those registered, in French."""
    if len(found.key) > KEY_LENGTH or not found.key.isidentifier():
        yield f"sa clé doit être un mot de {KEY_LENGTH} caractères au plus"
    if found.catalogue and found.volet != found.key:
        yield "son catalogue doit porter sa clé (volet)"
    try:
        load_catalogue(found.volet, found.volet_version)
    except (CatalogueError, ModuleNotFoundError) as error:
        yield str(error)
    if found.follows and found.follows not in {other.key for other in types}:
        yield f"il fait suite à un type inconnu, « {found.follows} »"
    if never := set(found.leaves) - (set(STATUSES) - {"annule"}):
        yield f"aucun document ne sort de la plateforme au statut {', '.join(sorted(never))}"
    rivals = [other.key for other in types if other is not found and other.level_one and found.level_one == other.level_one]
    if rivals:
        yield f"son code CDA est aussi celui de {', '.join(rivals)}"
