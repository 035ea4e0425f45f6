"""``make scan``: the demonstration scanned as nobody and as each role; the findings go to ``docs/proofs/5-scan.md``."""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from tests.proofs.machine import describe_run
from tests.scan.audit import audited
from tests.scan.scanner import CLOSED, LEVELS, MODULES, ROOT, VERSION, Bounds, Campaign, Finding, program, scan
from tests.scan.target import Demonstration, answers, demonstration, stays_in

ROLES: Mapping[str, str] = {
    "": "personne",
    "alice": "médecin",
    "sonia": "assistant médical",
    "lea": "lecteur",
    "edith": "éditeur du DSRC",
    "adrien": "administrateur",
    "rachel": "responsable",
}
EXPLAINED: tuple[tuple[str, str, str], ...] = (
    ("Secure Flag cookie", "*", "la démonstration est en http ; en production les cookies sont `__Host-` et `Secure`"),
    ("HttpOnly Flag cookie", "*", "jeton de formulaire : lu par nos pages, il ne vaut rien sans la session"),
    (
        "Cross Site Request Forgery",
        "/admin/*/edit/*",
        "faux positif : la page a deux formulaires ; celui de Wagtail qui dit qui est là (`is_editing`) part par programme, "
        "celui qui enregistre porte le jeton ; un envoi sans jeton à cette adresse, essayé à la main, reçoit 403, et aucune "
        "page n'est dispensée du jeton (`security/tests/test_headers.py`)",
    ),
)
"""Category, addresses (``*`` allowed), why it is no fault."""
MEDIUM = 2


@dataclass(frozen=True, slots=True)
class Scanned:
    """What became of the scan of a role: what the program tells, requests answered by status, session still open."""

    campaign: Campaign
    answers: Counter[int]
    still_in: bool


Results = dict[str, Scanned]


def unexplained(results: Results) -> list[Finding]:
    """Findings, medium or higher, that nothing explains."""
    found = [finding for scanned in results.values() for finding in scanned.campaign.findings if finding.level >= MEDIUM]
    return [finding for finding in found if not explained(finding.category, finding.path)]


def explained(category: str, path: str) -> str:
    """Why a finding is no fault; blank when nothing says so."""
    return next((why for known, paths, why in EXPLAINED if known == category and fnmatchcase(path, paths)), "")


def page(results: Results, bounds: Bounds) -> Iterator[str]:
    """The page of the proof, line by line."""
    yield "# Analyse active du produit\n"
    yield f"Écrit par `make scan` : wapiti {VERSION}, sur un serveur de cette machine, chaque rôle sur une copie de la"
    yield "démonstration. Chaque personne est connectée par ses deux facteurs et a accepté les CGU ; les limites de fréquence"
    yield "sont coupées.\n"
    yield f"Modules : {', '.join(MODULES)}.\n"
    yield f"Bornes : {bounds.crawl} s d'exploration et {bounds.attack} s par module pour chaque rôle, {bounds.links} liens par"
    yield f"page, profondeur {bounds.depth}, {bounds.parallel} rôles à la fois. Un module arrêté par sa borne n'a pas tout"
    yield "essayé : ce tableau dit ce qui a été trouvé dans ce temps, pas qu'il n'y a rien d'autre.\n"
    yield f"Hors du champ : {', '.join(f'`{path}`' for path in CLOSED)} (fin de session, ou droits de qui analyse),"
    yield "et les modules qui demandent une sortie du réseau.\n"
    yield from _by_role(results)
    yield "\nLes 4xx sont les refus du produit : 400 et 403 (requête ou jeton de formulaire altérés, droit absent), 404, 405, 409"
    yield "et 422 (acte ou saisie refusés), 429 (blocage des essais de connexion, que les limites coupées ne lèvent pas)."
    yield "\nModules arrêtés par leur borne :\n"
    for account, scanned in results.items():
        yield f"- {ROLES[account]} : {', '.join(scanned.campaign.stopped) or 'aucun'}"
    yield "\n## Constats\n\n| niveau | constat | module | où | paramètre | rôles | expliqué |\n|---|---|---|---|---|---|---|"
    yield from _findings(results)
    yield "\n## Code et dépendances (`make audit`)\n"
    yield from audited()
    yield ""
    yield from (f"- {line}" for line in describe_run())


def _by_role(results: Results) -> Iterator[str]:
    heads = ("rôle", "pages et formulaires vus", "requêtes", "2xx", "3xx", "4xx", "5xx", "session gardée", *LEVELS)
    yield f"| {' | '.join(heads)} |\n" + "|---" * len(heads) + "|"
    for account, scanned in results.items():
        classes: Counter[int] = Counter()
        for status, count in scanned.answers.items():
            classes[status // 100] += count
        levels = Counter(finding.level for finding in scanned.campaign.findings)
        kept = "sans objet" if not account else "oui" if scanned.still_in else "non"
        figures = (
            scanned.campaign.pages,
            classes.total(),
            *(classes[n] for n in range(2, 6)),
            kept,
            *(levels[n] for n in range(len(LEVELS))),
        )
        yield f"| {ROLES[account]} | {' | '.join(map(str, figures))} |"


def _findings(results: Results) -> Iterator[str]:
    places: dict[tuple[int, str, str, str], tuple[set[str], set[str]]] = {}
    for account, scanned in results.items():
        for each in scanned.campaign.findings:
            paths, roles = places.setdefault((each.level, each.category, each.module, each.parameter), (set(), set()))
            paths.add(each.path)
            roles.add(ROLES[account])
    for (level, category, module, parameter), (paths, roles) in sorted(places.items(), reverse=True):
        where = f"`{min(paths, key=len)}`" + (f" et {len(paths) - 1} autres" if len(paths) > 1 else "")
        why = " ; ".join(sorted({explained(category, path) or "non" for path in paths}))
        yield f"| {LEVELS[level]} | {category} | {module} | {where} | {parameter} | {', '.join(sorted(roles))} | {why} |"


def scanned_as(account: str, shown: Demonstration, folder: Path, bounds: Bounds) -> Scanned:
    """Scan a copy of the demonstration as an account (blank: as nobody)."""
    folder.mkdir()
    alone = shown.copied(folder)
    cookies = alone.cookies([account])[account] if account else ""
    with alone.served(cookies, account or "personne") as url:
        if account and not stays_in(url):
            raise RuntimeError(f"{account} : la session ou les conditions d'utilisation ferment l'accueil")
        campaign = scan(url, folder / "scan", bounds, signed_in=bool(account))
        still_in = stays_in(url)
    result = Scanned(campaign, answers(folder), still_in)
    told = f"{campaign.pages} pages, {result.answers.total()} requêtes, {len(campaign.findings)} constats"
    sys.stdout.write(f"{ROLES[account]} : {told}\n")
    sys.stdout.flush()
    return result


def main() -> int:
    """Scan, write, and answer how many findings are left unexplained."""
    bounds = Bounds()
    program()
    with tempfile.TemporaryDirectory(prefix="oncodcc-scan-", dir=os.environ.get("SCAN_FOLDER")) as name:
        folder = Path(name)
        shown = demonstration(folder)
        with ThreadPoolExecutor(bounds.parallel) as pool:
            waited = {account: pool.submit(scanned_as, account, shown, folder / (account or "-"), bounds) for account in ROLES}
        results = {account: one.result() for account, one in waited.items()}
    (ROOT / "docs/proofs/5-scan.md").write_text("\n".join(page(results, bounds)) + "\n", encoding="utf-8")
    return len(unexplained(results))


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
