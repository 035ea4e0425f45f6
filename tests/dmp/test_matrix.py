"""The national matrix of rights (PDT-INF-526), row by row, through the client of the plugin against the stand-in (R-172).

The columns are those of a session of Pro Santé Connect: a physician who is not the patient's own, and the one who is (médecin
traitant); « (6) » and « (8) » mean documents of one's own only. What the platform never does has its reason in :data:`NOT_OURS`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import count
from typing import Literal

import pytest

from dcc.contracts import xds
from dcc.contracts.errors import Refused
from plugins.dmp.transactions.client import ProxyDmp
from plugins.dmp.transactions.types import Caller, FoundEntry
from tests.dmp.fixtures import RunningDmp
from tests.dmp.test_hiding import MASKED, NORMAL
from tests.dmp.test_transactions import FRCP, INS, another, caller_of, client_of, lot_of
from tests.fixtures import reference_dir

pytestmark = [pytest.mark.reference, pytest.mark.django_db]
PATIENT, AUTHOR = "279035121518989", "801234567897"
COLUMNS = {"medecin_non_mt_normal": False, "medecin_traitant_normal": True}
"""The column, and whether the physician who asks is the patient's own."""
NOT_OURS = {
    "TD0.4 liste des DMP autorisés": "no list of patients is asked for",
    "TD1.3a données administratives": "no administrative data are read",
    "TD1.6 liste des PS autorisés ou bloqués": "no list of professionals is asked for",
    "TD2.2 alimentation par CPE": "nobody deposits by a card of establishment (R-194)",
}
Action = Callable[[ProxyDmp, Caller, str], None]


def found(dmp: ProxyDmp, caller: Caller, name: str) -> FoundEntry:
    """What is described of a document; a refusal when nothing is."""
    for each in dmp.describe(caller, INS, [name]):
        return each
    raise Refused("le document n'est pas décrit")


def shown_to(*codes: xds.Code) -> Action:
    """Change who sees a document."""

    def change(dmp: ProxyDmp, caller: Caller, name: str) -> None:
        entry = found(dmp, caller, name)
        dmp.change_visibility(caller, INS, entry, replace(entry.entry, confidentiality=(NORMAL, *codes)))

    return change


def restated(status: Literal["Deleted", "Archived"]) -> Action:
    """Give a document another status."""
    return lambda dmp, caller, name: dmp.change_status(caller, INS, dmp.reference_of(caller, INS, name), status)


def read(dmp: ProxyDmp, caller: Caller, name: str) -> None:
    """Its bytes."""
    if name not in dmp.retrieve(caller, INS, [name]):
        raise Refused("le document n'est pas rendu")


def deposit(dmp: ProxyDmp, caller: Caller, _name: str) -> None:
    """A document of one's own: for whoever asks, an author is put in the place of the first one."""
    lot = lot_of(another(document(), f"2.25.{next(NUMBERS)}"), f"2.25.{next(NUMBERS)}")
    (entry,) = lot.entries
    mine = [replace(each, person=each.person.replace("401234567890009", caller.national_id)) for each in entry.authors]
    signed = replace(entry, authors=tuple(mine))
    content = another(document(), entry.unique_id)
    dmp.submit(caller, INS, replace(lot, entries=(signed,)), {entry.unique_id: content})


NUMBERS = count(1000)
HIDES: Mapping[str, tuple[str, ...]] = {"masked": ("MASQUE_PS",), "invisible": ("INVISIBLE_PATIENT",), "": ()}
ROWS: Mapping[str, tuple[str, Action]] = {
    "TD0.2 test d'existence": ("", lambda dmp, caller, _name: _asked(dmp, caller)),
    "TD2.1 alimentation": ("", deposit),
    "TD3.1 métadonnées": ("", lambda dmp, caller, name: _asked_of(found(dmp, caller, name))),
    "TD3.1 référence d'un document": ("", lambda dmp, caller, name: _asked_of(dmp.reference_of(caller, INS, name))),
    "TD3.2 non masqués": ("", read),
    "TD3.2 masqués aux PS": ("masked", read),
    "TD3.2 non visibles du patient": ("invisible", read),
    "TD3.3a masquer": ("", shown_to(MASKED)),
    "TD3.3a démasquer": ("masked", shown_to()),
    "TD3.3b rendre visible au patient": ("invisible", shown_to()),
    "TD3.3c supprimer": ("", restated("Deleted")),
    "TD3.3d archiver": ("", restated("Archived")),
    "TD0.3 se déclarer autorisé": ("", lambda dmp, caller, _name: dmp.authorise(caller, INS)),
    "TD0.3 supprimer son autorisation": ("", lambda dmp, caller, _name: dmp.authorise(caller, INS, withdraw=True)),
}
"""How the document is hidden first, and what is done."""


def _asked(dmp: ProxyDmp, caller: Caller) -> None:
    assert dmp.existence(caller, INS).active


def _asked_of(answer: object) -> None:
    if not answer:
        raise Refused("rien n'est trouvé")


def document() -> bytes:
    """An official FRCP, of which :data:`AUTHOR` is the legal authenticator."""
    return (reference_dir() / "cda-kit" / "ExemplesCDA" / FRCP).read_bytes()


def matrix() -> Mapping[str, Mapping[str, str]]:
    """The cells of our columns, by row."""
    told = json.loads((reference_dir() / "xds" / "matrice_droits_fonctionnels.json").read_text())
    places = {name: told["colonnes"].index(name) for name in COLUMNS}
    return {row: {name: cells[place] for name, place in places.items()} for row, cells in told["lignes"].items()}


def test_every_row_is_tried_or_is_not_ours() -> None:
    assert matrix().keys() == ROWS.keys() | NOT_OURS.keys()


@pytest.mark.parametrize("own", [True, False], ids=["own", "others"])
@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("row", ROWS)
def test_each_cell(shared_dmp: RunningDmp, row: str, column: str, *, own: bool) -> None:
    hides, action = ROWS[row]
    who = AUTHOR if own else "810000000003"
    service = shared_dmp.service
    service.admit(replace(service.patient(PATIENT), treating=who if COLUMNS[column] else "", authorisation="VALIDE"))
    service.store.authorise(service.patient(PATIENT).cx, who, "VALIDE")
    unique_id = f"2.25.{next(NUMBERS)}"
    service.put(another(document(), unique_id), patient=PATIENT, hidden=HIDES[hides])
    dmp, caller = client_of(shared_dmp, signed_lot=False), caller_of(shared_dmp, who)
    said = matrix()[row][column]
    allowed = said == "oui" or (own and said in ("oui (6)", "oui (8)"))
    refusal = ""
    try:
        action(dmp, caller, unique_id)
    except Refused as refused:
        refusal = refused.reason
    assert bool(refusal) != allowed, f"{said} : {refusal}"
