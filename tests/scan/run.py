"""``make scan``: the demonstration scanned as nobody and as each role; the findings go to ``docs/proofs/5-scan.md``."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.proofs.machine import describe_run
from tests.scan.scanner import LEVELS, MODULES, ROOT, VERSION, Bounds, Finding, scan
from tests.scan.target import demonstration

ROLES: Mapping[str, str] = {
    "": "personne",
    "alice": "médecin",
    "sonia": "assistant médical",
    "lea": "lecteur",
    "edith": "éditeur du DSRC",
    "adrien": "administrateur",
    "rachel": "responsable",
}
EXPLAINED: Mapping[tuple[str, str], str] = {
    ("Secure Flag cookie", "cookieflags"): "la démonstration est en http ; en production les cookies sont `__Host-` et `Secure`",
    (
        "HttpOnly Flag cookie",
        "cookieflags",
    ): "jeton de formulaire : lu par nos pages, il ne vaut rien sans la session",
}
"""Category and module -> why it is no fault."""
MEDIUM = 2
Results = dict[str, tuple[int, list[Finding]]]


def unexplained(results: Results) -> list[Finding]:
    """Findings, medium or higher, that nothing explains."""
    found = [finding for _, findings in results.values() for finding in findings if finding.level >= MEDIUM]
    return [finding for finding in found if (finding.category, finding.module) not in EXPLAINED]


def page(results: Results, bounds: Bounds) -> Iterator[str]:
    """The page of the proof, line by line."""
    yield (
        "# Analyse active du produit\n\nÉcrit par `make scan` : wapiti "
        + VERSION
        + ", sur un serveur de cette machine, rôle par rôle.\n"
    )
    yield f"Modules : {', '.join(MODULES)}. Bornes : {bounds.crawl} s d'exploration, {bounds.attack} s par module.\n"
    yield "| rôle | pages et formulaires vus | " + " | ".join(LEVELS) + " |\n|---|---|" + "---|" * len(LEVELS)
    for account, (pages, findings) in results.items():
        levels = Counter(finding.level for finding in findings)
        yield f"| {ROLES[account]} | {pages} | " + " | ".join(str(levels[n]) for n in range(len(LEVELS))) + " |"
    yield "\n## Constats\n\n| niveau | constat | module | paramètre | expliqué |\n|---|---|---|---|---|"
    every = {(f.level, f.category, f.module, f.parameter) for _, findings in results.values() for f in findings}
    for level, category, module, parameter in sorted(every, reverse=True):
        yield f"| {LEVELS[level]} | {category} | {module} | {parameter} | {EXPLAINED.get((category, module), 'non')} |"
    yield ""
    yield from (f"- {line}" for line in describe_run())


def main() -> int:
    """Scan, write, and answer how many findings are left unexplained."""
    bounds, results = Bounds(), Results()
    with tempfile.TemporaryDirectory(prefix="oncodcc-scan-") as name:
        folder = Path(name)
        shown = demonstration(folder)
        cookies = shown.cookies([account for account in ROLES if account])
        for account in ROLES:
            with shown.served(cookies.get(account, ""), account or "personne") as url:
                findings, seen = scan(url, folder / f"scan-{account}", bounds)
            results[account] = (int(seen.get("crawled_pages_nbr") or 0), findings)
            sys.stdout.write(f"{ROLES[account]} : {results[account][0]} pages, {len(findings)} constats\n")
    (ROOT / "docs/proofs/5-scan.md").write_text("\n".join(page(results, bounds)) + "\n", encoding="utf-8")
    return len(unexplained(results))


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
