"""The white list of MSSanté: domains of the trust space, by the file that the ANS publishes (mss_hl7.md §4).

``https://espacedeconfiance.mssante.fr/listeblanchemssante.xml``, ``//Domaine/Nom``; names may hold accents (IDNA).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext as _
from lxml import etree

from dcc.contracts.errors import NotConfigured, Refused
from dcc.contracts.untrusted import read_file_at, why
from plugins.mss.mail.addresses import PATIENT_DOMAIN, ascii_domain

LARGEST = 20_000_000
"""Bytes of the file; that of 2018 has some hundreds of kilobytes."""
NAMESPACE = "https://listeblanche.mssante.fr/schema"
_PATHS = (f"{{{NAMESPACE}}}Domaine/{{{NAMESPACE}}}Nom", "Domaine/Nom")


def read_domains(content: bytes) -> frozenset[str]:
    """The domains of a white list, in ASCII. Raises ``Refused`` in French when it is none."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Refused(_("La liste blanche n'est pas un fichier XML")) from None
    names = {(found.text or "").strip() for path in _PATHS for found in root.iterfind(f".//{path}")}
    domains = frozenset(filter(None, map(ascii_domain, names)))
    if not domains:
        raise Refused(_("La liste blanche ne contient aucun domaine (Domaine/Nom)"))
    return domains


def check_domain(domain: str, path: str) -> None:
    """Raises ``Refused`` (cause ``domain``) for one outside the list of the file, ``NotConfigured`` when that cannot be read.

    Without a file every domain is allowed; that of patients always is.
    """
    if not path or domain == PATIENT_DOMAIN:
        return
    if domain not in allowed_domains(path):
        raise Refused(_("Le domaine « %s » n'est pas dans l'espace de confiance MSSanté") % domain, cause="domain")


def allowed_domains(path: str) -> frozenset[str]:
    """Those of the file, read again when it changed. Raises ``NotConfigured`` when it cannot be read."""
    try:
        return _domains(path, Path(path).stat().st_mtime_ns)
    except OSError:
        raise NotConfigured(_("La liste blanche MSSanté est absente (%s)") % path, cause="not_configured") from None
    except Refused as refused:
        raise NotConfigured(refused.reason, cause="not_configured") from None


@lru_cache(maxsize=2)
def _domains(path: str, _changed: int) -> frozenset[str]:
    return read_domains(read_file_at(Path(path), LARGEST))


@dataclass(frozen=True, slots=True)
class Change:
    """What a new list brings: how many domains, which are new, which are gone."""

    total: int
    added: Sequence[str]
    removed: Sequence[str]


def install_domains(content: bytes, path: str, *, force: bool = False) -> Change:
    """Put a list in service at once, or not at all.

    Raises ``Refused`` for what is no list or would take more than half of the domains away, ``NotConfigured`` without a path.
    """
    if not path:
        raise NotConfigured(_("Aucun fichier n'est réglé pour la liste blanche (DCC_MSS_DOMAINS)"), cause="not_configured")
    fresh, target = read_domains(content), Path(path)
    former = read_domains(read_file_at(target, LARGEST)) if target.exists() else frozenset()
    if len(former - fresh) * 2 > len(former) and not force:
        raise Refused(_("Plus de la moitié des domaines disparaîtrait : la liste n'est pas changée (--force)"))
    try:
        written = target.with_name(f".{target.name}.new")
        written.write_bytes(content)
        written.replace(target)
    except OSError as error:
        raise Refused(
            _("La liste blanche ne peut être écrite (%(path)s) : %(why)s") % {"path": path, "why": why(error)}
        ) from None
    return Change(len(fresh), sorted(fresh - former), sorted(former - fresh))
