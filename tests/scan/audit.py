"""What ``make audit`` finds, in a few lines for the page: bandit on the code, known faults of what the lock installs."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "var" / "audit" / "bin"
SOURCES = ("site/dcc", "plugins", "forms_config", "rcp_directory", "manage.py")
REASONS = {
    "B101": "dit au vérificateur de types ce qu'un contrôle a déjà assuré",
    "B105": "noms de choix, ou compte de démonstration",
    "B106": "réglage de développement, qu'une production refuse",
    "B311": "engendre des saisies d'épreuve",
    "B404": "programmes lancés par liste de mots, sans shell",
    "B405": "arbre XML écrit par la plateforme, pas un fichier reçu",
    "B603": "programmes lancés par liste de mots, sans shell",
}
LEVELS = {"HIGH": "haut", "MEDIUM": "moyen", "LOW": "bas"}


def audited() -> Iterator[str]:
    """Lines of the page; they say so when a tool is not there, or could not reach what it asks."""
    if not (TOOLS / "bandit").exists():
        yield "`make audit` n'a pas encore installé ses outils sur cette machine."
        return
    yield from _bandit()
    yield from _dependencies()


def _bandit() -> Iterator[str]:
    command = ["bandit", "-q", "-c", "pyproject.toml", "-r", *SOURCES, "-x", "*/tests/*,*/migrations/*", "-f", "json"]
    report = json.loads(_output(command))
    totals, results = report["metrics"]["_totals"], report["results"]
    levels = Counter(result["issue_severity"] for result in results)
    told = ", ".join(f"{levels[name]} {word}" for name, word in LEVELS.items())
    yield f"bandit, sur {totals['loc']} lignes : {told} ; {len(report['errors'])} fichier illisible pour lui."
    yield "Le niveau bas n'arrête pas `make audit` : ruff (famille S) suit les mêmes règles, exception par exception.\n"
    rules = Counter((result["issue_severity"], result["test_id"], result["test_name"]) for result in results)
    for (level, rule, name), count in sorted(rules.items(), key=lambda item: item[0][1]):
        places = sorted({result["filename"] for result in results if result["test_id"] == rule})
        why = REASONS.get(rule, "à expliquer")
        yield f"- {LEVELS[level]}, {rule} `{name}`, {count} fois ({why}) : {', '.join(f'`{place}`' for place in places)}"


def _dependencies() -> Iterator[str]:
    command = ["pip-audit", "--disable-pip", "--require-hashes", "-r", "requirements-dev.lock", "--progress-spinner", "off"]
    try:
        dependencies = json.loads(_output([*command, "--timeout", "5", "-f", "json"]))["dependencies"]
    except (ValueError, subprocess.TimeoutExpired):
        dependencies = []
    # What the service did not answer about is skipped, and pip-audit then says that it found nothing: that is no clean bill.
    asked = [each for each in dependencies if "skip_reason" not in each]
    if not asked:
        yield "\npip-audit : le service des vulnérabilités n'était pas joignable ; les dépendances restent à vérifier."
        return
    known = [f"{each['name']} {fault['id']}" for each in asked for fault in each["vulns"]]
    told = f"{len(asked)} paquets sur {len(dependencies)} : {', '.join(known) or 'aucune vulnérabilité connue'}"
    yield f"\npip-audit, {told}."


def _output(command: list[str]) -> str:
    done = subprocess.run(
        [str(TOOLS / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    return done.stdout
