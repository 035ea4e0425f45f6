"""The decision table as a page of the documentation, in French: a line per situation, with each outcome and its source. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dcc.patients.qualification.catalogue import CATALOGUE
from dcc.patients.qualification.deciding import Next, Return, Situation, decide, line_of
from dcc.patients.qualification.policy import DEFAULT, LOWER, THIRD_PARTY
from dcc.patients.qualification.table import RECEIVED, Answer, Match, Reliability, Source

_STATUS = {
    Reliability.PROV: "provisoire",
    Reliability.RECUP: "récupérée",
    Reliability.VALI: "validée",
    Reliability.QUAL: "qualifiée",
}
_NEXT = {
    Next.END: "rien",
    Next.CLAUSE: "attendre la clause de confiance, puis reprendre",
    Next.ASK: "interroger INSi",
    Next.CONFIRM: "confirmer les traits rendus par INSi",
    Next.PROOF: "choisir un justificatif",
    Next.PROOF_OR_ASK: "choisir un justificatif, ou interroger INSi de nouveau",
    Next.ASK_LATER: "interroger INSi de nouveau plus tard",
    Next.DOUBT: "lever le doute",
}
_FOUND: Sequence[tuple[Match, Answer, str]] = (
    ("identique", "", "identique"),
    ("incoherente", "conserver", "incohérente, conservée"),
    ("incoherente", "creer", "incohérente, autre créée"),
    ("absente", "", "absente"),
)
_ORIGIN = {"T": "texte", "S": "synthèse", "i": "déduit"}
_LEVEL = {"eleve": "élevé", "condition": "élevé sous condition", "faible": "faible", "retire": "non proposé"}
_RETURNS: Sequence[Return] = ("00", "01", "02", "fault")
_HEAD = (
    "cas",
    "statut reçu",
    "identité d'ici",
    "son statut",
    "avant INSi",
    "INSi rend 00",
    "01",
    "02",
    "panne",
    "tiers de confiance",
    "ensuite",
    "source",
)

_INTRODUCTION = """# Table de décision de l'identité

Écrite par `manage.py identity_table --write` d'après la table que la plateforme exécute ; un test refuse une page périmée.
Le sens des mots est dans [identity.md](identity.md).

Chaque ligne est une situation ; ses colonnes disent le statut selon ce que rend INSi (00 : une personne, 01 : aucune,
02 : plusieurs), avec la politique régionale par défaut. Sans appel, « avant INSi » est le résultat. « Ensuite » suit
le retour 00, ou l'absence d'appel. « Tiers de confiance » n'est pas ajouté quand l'identité d'ici a déjà un
justificatif de niveau élevé. Une identité douteuse ou fictive est provisoire, n'est pas demandée à INSi et ne reçoit
pas de tiers de confiance, quelle que soit la ligne. Un statut reçu « récupérée » vaut « provisoire ».

La source de chaque statut est, dans l'ordre (avant INSi, 00, 01 et 02) : le texte du cahier des charges (§2.3.2), son
tableau de synthèse, ou ce qui s'en déduit."""


def page() -> str:
    """The whole page, Markdown."""
    parts = [_INTRODUCTION, *_by_case(), _summary(), _policy(), _proofs()]
    return "\n\n".join(parts) + "\n"


def _by_case() -> Iterator[str]:
    titles = {
        (True, "flux"): "Reçue par un flux (CDA, HL7 v2, appel contextuel, datamatrix), clause présente",
        (True, "saisie"): "Saisie, clause présente",
        (False, "flux"): "Reçue par un flux, clause absente",
        (False, "saisie"): "Saisie, clause absente",
    }
    sources: tuple[Source, ...] = ("flux", "saisie")
    for clause in (True, False):
        for source in sources:
            rows = [_row(situation, words) for situation, words in situations(clause=clause, source=source)]
            yield f"## {titles[clause, source]}\n\n{_table(_HEAD, rows)}"


def situations(*, clause: bool, source: Source) -> Iterator[tuple[Situation, str]]:
    """Every situation before INSi answers, with what was found in words. *Récupérée* received counts as *provisoire*."""
    received: tuple[Reliability | None, ...] = tuple(reversed(RECEIVED)) if source == "flux" else (None,)
    each: tuple[Reliability | None, ...] = tuple(Reliability)
    for match, answer, words in _FOUND:
        for status in received:
            for local in (None,) if match == "absente" else each:
                yield Situation(clause, source, match, status, local, answer), words


def _row(situation: Situation, found: str) -> list[str]:
    line, before = line_of(situation), decide(situation)
    after = [decide(replace(situation, insi=code)) for code in _RETURNS] if line.call else []
    outcomes = [_status(decision.status) for decision in after] or ["pas d'appel", "", "", ""]
    third = {"oui": "si le justificatif n'est pas dit", "region": "au choix de la région", "-": "non"}[line.third_party]
    last = after[0] if after else before
    return [
        line.case,
        _status(situation.received) if situation.source == "flux" else "",
        found,
        _status(situation.local),
        _status(before.status),
        *outcomes,
        third,
        _NEXT[last.next],
        ", ".join(_ORIGIN[origin] for origin in line.origins if origin != "-"),
    ]


def _summary() -> str:
    """The 16 cells of the summary table of the specification, as the table answers them."""
    rows = []
    codes: tuple[tuple[Return, str], ...] = (("00", "00"), ("01", "01 ou 02"))
    for received in (Reliability.VALI, Reliability.QUAL):
        for code, words in codes:
            cells = [_cell(received, local, code) for local in (None, Reliability.RECUP, Reliability.VALI, Reliability.QUAL)]
            rows.append([_status(received), words, *cells])
    head = ("reçue", "INSi rend", "inconnue ici", "récupérée ici", "validée ici", "qualifiée ici")
    return (
        "## Les seize cellules du tableau de synthèse\n\n"
        "Flux, clause présente. Une identité récupérée ou qualifiée ici n'a pas besoin d'appel : sa cellule « 01 ou 02 » est\n"
        "celle de l'identité que l'on crée à côté d'elle.\n\n" + _table(head, rows)
    )


def _cell(received: Reliability, local: Reliability | None, code: Return) -> str:
    beside = local is not None and local.retrieved and code != "00"
    situation = Situation(True, "flux", "absente", received, insi=code) if local is None else None
    if situation is None:
        match: Match = "incoherente" if beside else "identique"
        situation = Situation(True, "flux", match, received, local, "creer" if beside else "", insi=code)
    return f"{_status(decide(situation).status)} ({line_of(situation).case})"


def _policy() -> str:
    rows = [
        [_status(aimed), *(_status(DEFAULT.lowered(aimed, code)) for code in ("01", "02")), ", ".join(map(_status, allowed))]
        for aimed, allowed in LOWER.items()
    ]
    head = ("statut visé", "01, par défaut", "02, par défaut", "ce que la région peut choisir")
    return "## Rétrogradations de la politique régionale\n\n" + _table(head, rows)


def _proofs() -> str:
    rows = [
        [kind.code, kind.words, "par flux seulement" if kind.code == THIRD_PARTY else _LEVEL[kind.level]]
        for kind in CATALOGUE.values()
    ]
    return "## Justificatifs et leur niveau de confiance\n\n" + _table(("code", "justificatif", "niveau par défaut"), rows)


def _status(status: Reliability | None) -> str:
    return _STATUS[status] if status else "–"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
