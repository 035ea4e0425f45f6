"""What the answers of the DMP mean for whoever asked: one table. Pure.

Source: dmp_psc.md §1.11 (IHE codes, French words of SOAP faults, codes of the DMP). What no row names is a refusal: nothing is
tried again blindly. ``cause`` is a code of ``dcc.exchange.api.CAUSES``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from lxml import etree

from dcc.contracts.errors import DeliveryError, Refused, RetryLater
from plugins.dmp.transactions.envelope import HL7, SOAP, Malformed

RS = "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0"
LONGEST = 300
"""Characters of the words of the DMP that are shown."""

BY_CODE = """
XDSUnknownPatientId                refused  dmp_patient       le DMP ne connaît pas cette INS
XDSPatientIdDoesNotMatch           refused  dmp_patient       l'INS du document n'est pas celle du lot
XDSDocumentUniqueIdError           refused  dmp_removed       le document n'est pas, ou plus, dans le DMP
XDSDuplicateUniqueIdInRegistry     refused  dmp_duplicate     un document du même identifiant est déjà dans le DMP
XDSRegistryDuplicateUniqueIdInMessage refused not_conformant  deux documents du lot portent le même identifiant
XDSRegistryMetadataError           refused  not_conformant    les métadonnées du document ne sont pas admises
XDSRepositoryMetadataError         refused  not_conformant    les métadonnées du document ne sont pas admises
XDSMissingDocument                 refused  not_conformant    un document annoncé manque
XDSMissingDocumentMetadata         refused  not_conformant    un document n'est pas décrit
XDSNonIdenticalHash                refused  not_conformant    l'empreinte du document n'est pas la sienne
XDSNonIdenticalSize                refused  not_conformant    la taille du document n'est pas la sienne
XDSReplaceFailed                   refused  dmp_replaced      le document à remplacer n'est plus celui du DMP
XDSRegistryDeprecatedDocumentError refused  dmp_replaced      le document à remplacer l'est déjà
XDSMetadataVersionError            refused  dmp_version       les métadonnées ont changé entre-temps
XDSMetadataUpdateError             refused  dmp_refused       le changement de métadonnées n'est pas admis
XDSMetadataUpdateOperationError    refused  dmp_refused       le changement de métadonnées n'est pas admis
XDSRegistryBusy                    retry    dmp_busy          le registre est occupé
XDSRepositoryBusy                  retry    dmp_busy          l'entrepôt est occupé
XDSRegistryOutOfResources          retry    dmp_busy          le registre est débordé
XDSRepositoryOutOfResources        retry    dmp_busy          l'entrepôt est débordé
XDSRegistryNotAvailable            retry    dmp_busy          le registre n'est pas disponible
XDSRegistryError                   refused  dmp_refused       le registre est en erreur
XDSRepositoryError                 refused  dmp_refused       l'entrepôt est en erreur
XDSTooManyResults                  refused  dmp_refused       trop de documents répondent à la recherche
XDSResultNotSinglePatient          refused  dmp_refused       la recherche mêle plusieurs patients
XDSStoredQueryMissingParam         refused  dmp_refused       il manque un critère à la recherche
XDSStoredQueryParamNumber          refused  dmp_refused       un critère de la recherche est en double
XDSUnknownStoredQuery              refused  dmp_refused       la recherche demandée n'existe pas
XDSUnknownRepositoryId             refused  dmp_refused       l'entrepôt demandé n'existe pas
DMPAccessForbidden                 refused  dmp_forbidden     le patient n'autorise pas cet accès à son DMP
DMPAccessDeniedByExcededThreshold  retry    dmp_busy          trop d'appels ont été faits
"""
"""Codes of RegistryError, and of the DMP itself."""

BY_WORDS = """
resource_id est incorrect          refused  dmp_patient       l'INS transmise n'est pas acceptée
structure introuvable ou inactive  refused  dmp_professional  la structure du professionnel n'est pas connue, ou plus active
ps et structure non lies           refused  dmp_professional  le professionnel n'est pas rattaché à cette structure
aucune specialite dans le vihf     refused  dmp_professional  la spécialité du professionnel n'est pas indiquée
aucun authorinstitution            refused  dmp_professional  le professionnel n'est pas un auteur du document
ne fait pas partie du domaine      refused  not_conformant    un code n'est pas de ceux que le DMP admet
"""
"""Words of SOAP faults and of errors without a known code: without accents, in small letters."""

_ERRORS: Mapping[str, type[DeliveryError]] = {"retry": RetryLater, "refused": Refused}
_INS = re.compile(r"(?<!\d)\d{6}[\dAB]\d{8}(?!\d)", re.ASCII)
"""A matricule of 15 characters: it stays out of reasons, which people without the patient read."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A row: what is raised, its cause, the words."""

    kind: str
    cause: str
    words: str


def _rows(table: str, split: str) -> Mapping[str, Meaning]:
    found = {}
    for line in table.strip().splitlines():
        key, kind, cause, words = re.split(split, line, maxsplit=3)
        found[key] = Meaning(kind, cause, words)
    return found


CODES = _rows(BY_CODE, r" +")
WORDS = _rows(BY_WORDS, r" {2,}")
OTHERWISE = Meaning("refused", "dmp_refused", "la demande est refusée")


@dataclass(frozen=True, slots=True)
class Problem:
    """What an answer blames: a code, the words of the DMP."""

    code: str
    words: str


def meaning_of(problem: Problem) -> Meaning:
    """Its row: by the words when they are known (the code of a fault says less), else by the code."""
    plain = _plain(problem.words)
    by_words = next((row for words, row in WORDS.items() if words in plain), None)
    return by_words or CODES.get(problem.code, OTHERWISE)


def error_of(problem: Problem) -> DeliveryError:
    """What to raise; the code and the words of the DMP reach the user (PRE_ERR)."""
    row = meaning_of(problem)
    said = " : ".join(filter(None, (problem.code, problem.words[:LONGEST])))
    words = _("DMP : %(words)s (%(said)s)") % {"words": row.words, "said": said} if said else _("DMP : %s") % row.words
    return _ERRORS[row.kind](words, cause=row.cause)


def worst(problems: Sequence[Problem]) -> Problem:
    """The one that decides: a refusal before an outage, one that is known before one that is not."""
    return min(problems, key=lambda each: (meaning_of(each).kind == "retry", meaning_of(each) is OTHERWISE))


def fault_of(payload: etree._Element) -> Problem | None:
    """A SOAP fault; nothing when the answer is none."""
    if payload.tag != f"{{{SOAP}}}Fault":
        return None
    found = payload.findtext(f"{{{SOAP}}}Code/{{{SOAP}}}Subcode/{{{SOAP}}}Value") or ""
    code = found.strip().rpartition(":")[2]
    return Problem(code[:60] if code in CODES else "", _squeezed(payload.findtext(f"{{{SOAP}}}Reason/{{{SOAP}}}Text")))


def problems_of(answer: etree._Element) -> Sequence[Problem]:
    """What a RegistryResponse (itself, or inside an answer), or an acknowledgement of HL7 v3, blames; warnings apart.

    Raises :class:`Malformed` when the answer says neither success nor failure.
    """
    if answer.tag.startswith(f"{{{HL7}}}"):
        return _acknowledged(answer)
    response = answer if answer.get("status") else answer.find(f"{{{RS}}}RegistryResponse")
    status = response.get("status", "").rpartition(":")[2] if response is not None else ""
    if response is None or status not in ("Success", "Failure", "PartialSuccess"):
        raise Malformed("elle ne dit ni succès ni échec")
    if status == "Success":
        return ()
    errors = [found for found in response.iter(f"{{{RS}}}RegistryError") if not found.get("severity", "").endswith("Warning")]
    found = [Problem(_code(error.get("errorCode", "")), _squeezed(error.get("codeContext"))) for error in errors]
    return found or [Problem("", "")]


def is_partial(answer: etree._Element) -> bool:
    """Whether a part of what was asked was done."""
    return any(found.get("status", "").endswith(":PartialSuccess") for found in answer.iter() if found.get("status"))


def _acknowledged(answer: etree._Element) -> Sequence[Problem]:
    """Acknowledgements AE and AR, with their details."""
    acknowledgement = answer.find(f"{{{HL7}}}acknowledgement")
    kind = acknowledgement.get("typeCode", "") if acknowledgement is not None else ""
    if acknowledgement is None or kind not in ("AA", "AE", "AR"):
        raise Malformed("elle n'acquitte pas la demande")
    if kind == "AA":
        return ()
    details = list(acknowledgement.iterfind(f"{{{HL7}}}acknowledgementDetail"))
    return [_detail(detail) for detail in details] or [Problem("", "")]


def _detail(detail: etree._Element) -> Problem:
    code = detail.find(f"{{{HL7}}}code")
    return Problem(_code(code.get("code", "") if code is not None else ""), _squeezed(detail.findtext(f"{{{HL7}}}text")))


def _code(text: str) -> str:
    return text.strip().rpartition(":")[2][:60]


def _squeezed(text: str | None) -> str:
    return _INS.sub("(INS)", " ".join((text or "").split()))[:LONGEST]


def _plain(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(sign))
