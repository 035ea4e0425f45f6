"""Which service takes which transaction (dmp_psc.md §1.2). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plugins.dmp.transactions import envelope, existence, mtom, query, retrieval
from plugins.dmp.transactions.answers import RS

REGISTRY_ANSWER = f"{{{RS}}}RegistryResponse"


@dataclass(frozen=True, slots=True)
class Service:
    """Where a transaction goes: the service, its action, the element that answers.

    ``changes``: it changes something; ``packaged``: it goes as MTOM; ``limit``: bytes of an answer.
    """

    name: str
    action: str
    answer: str
    changes: bool = False
    packaged: bool = False
    limit: int = envelope.LIMIT


SERVICES: Mapping[str, Service] = {
    "existence": Service("patients", "urn:hl7-org:v3:PRPA_IN201307UV02", existence.ANSWER),
    "authorise": Service("habilitations", "urn:si-dmp-habilitations:HabilitationsEndPoint:setAuthorization", "", changes=True),
    "submit": Service(
        "repository", "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b", REGISTRY_ANSWER, changes=True, packaged=True
    ),
    "query": Service("registry", "urn:ihe:iti:2007:RegistryStoredQuery", query.ANSWER),
    "retrieve": Service("repository", "urn:ihe:iti:2007:RetrieveDocumentSet", retrieval.ANSWER, packaged=True, limit=mtom.LIMIT),
    "update": Service("registry", "urn:ihe:iti:2010:UpdateDocumentSet", REGISTRY_ANSWER, changes=True),
}
"""By what is done."""
