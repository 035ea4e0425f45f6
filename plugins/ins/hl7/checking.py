"""What a message would do, for whoever connects a sender: the answer it would get, the identity it gives, every fault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dcc.contracts.errors import Refused
from dcc.patients import api as patients
from plugins.ins.hl7.analysis import Analysis, analyse
from plugins.ins.hl7.faults import Fault
from plugins.ins.hl7.identity import Incoming

_EFFECTS = {
    "identity": "l'identité entre, par les règles des flux",
    "merge": "deux identités sont réunies",
    "link": "deux identités sont rapprochées, sans être réunies",
    "unlink": "un rapprochement est défait",
    "renumber": "l'IPP change",
    "none": "acquitté, sans effet sur les identités",
    "document": "l'identité entre ; le document est laissé de côté",
    "answer": "acquittement : rien à faire, rien à répondre",
    "": "aucun",
}


@dataclass(frozen=True, slots=True)
class Report:
    """A message checked; ``code`` is the acknowledgement it would get (empty: none)."""

    name: str
    event: str
    code: str
    effect: str
    faults: Sequence[Fault]
    identities: Sequence[Incoming]

    @property
    def words(self) -> str:
        """In one line."""
        answer = f"réponse {self.code}" if self.code else "aucune réponse"
        return f"{self.event or 'illisible'}, {answer} ; effet : {_EFFECTS[self.effect]}"

    @property
    def lines(self) -> Sequence[str]:
        """The identities, then the faults."""
        said = [
            f"identité {one.received}, IPP {', '.join(i.extension or '' for i in one.header.identifiers) or 'absent'}, "
            f"INS {'présente' if one.header.ins else 'absente'}, justificatif {one.proof or 'non transmis'}"
            for one in self.identities
        ]
        return [
            *said,
            *(f"{'erreur' if f.severity == 'E' else 'remarque'} {f.code} en {f.place} : {f.words}" for f in self.faults),
        ]

    def as_json(self) -> dict[str, Any]:
        """For another program."""
        return {
            "fichier": self.name,
            "evenement": self.event,
            "reponse": self.code,
            "effet": self.effect,
            "identites": [
                {
                    "statut": one.received,
                    "nom": one.header.traits.birth_name,
                    "prenom": one.header.traits.first_given_name,
                    "prenoms": one.header.traits.given_names,
                    "sexe": one.header.traits.sex,
                    "naissance": one.header.traits.birth_date,
                    "lieu": one.header.traits.birth_place_code,
                    "identifiants": [f"{i.root}|{i.extension}" for i in one.header.identifiers],
                    "ins": f"{one.header.ins.root}|{one.header.ins.extension}" if one.header.ins else "",
                    "justificatif": one.proof,
                    "obtention": one.obtained,
                }
                for one in self.identities
            ],
            "remarques": [{"code": f.code, "lieu": f.where, "gravite": f.severity, "texte": f.words} for f in self.faults],
        }


def check(name: str, content: bytes) -> Report:
    """Look at a message whole; nothing is written, nobody is looked up."""
    analysis = analyse(content)
    found = list(analysis.plan.identities) if analysis.plan else []
    faults = [*analysis.faults, *_of_traits(found), *(analysis.plan.remarks if analysis.plan else ())]
    effect = analysis.plan.effect if analysis.plan else ""
    return Report(name, analysis.head.event if analysis.head else "", _code(analysis, faults), effect, faults, found)


def _of_traits(found: Sequence[Incoming]) -> Sequence[Fault]:
    faults = []
    for one in found:
        try:
            patients.check_header(one.header)
        except Refused as refusal:
            faults.append(Fault("102", "PID^1", refusal.reason))
    return faults


def _code(analysis: Analysis, faults: Sequence[Fault]) -> str:
    if analysis.plan is not None and analysis.plan.effect == "answer":
        return ""
    if not any(fault.severity == "E" for fault in faults):
        return "AA"
    return "AR" if analysis.reject else "AE"
