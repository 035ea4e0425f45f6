"""What people of one region do, as a process in the environment of its instance: ``python -m tests.two_regions.act``.

It reads verbs with their words (a JSON list a line) and answers each with a line of JSON. To do: ``stage REGION`` (the other
region in the directory), ``announce CODE NAME`` (an RCP that the other region does not have), ``know ADDRESS`` (a box enters the
directory), ``send [RCP]`` (a completed FRCP leaves), ``validate SET_ID``, ``rewrite SET_ID WORDS`` (what was taken back is
changed). To look (:mod:`tests.two_regions.looking`): ``look SET_ID``, ``mails``, ``everything``.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.two_regions.looking import alice, document_under, everything, look, mails, seen

ROOT = Path(__file__).resolve().parents[2]
MATRICULE = "279035121518989"
"""PAT-TROIS DOMINIQUE, whom both regions know with a qualified identity."""


def stage(key: str) -> dict[str, Any]:
    """Enter both regions in the directory of one of them."""
    from rcp_directory import api as directory
    from tests.two_regions.regions import REGIONS

    for region in REGIONS.values():
        ours = region.key == key
        network = directory.Named(*region.network, is_ours=ours, mailbox=region.mailbox)
        directory.record_rcp(
            national_id=region.rcp[0],
            denomination=region.rcp[1],
            network=network,
            centre=directory.Named(*region.centre),
            attributes={"nature": "ORG-117", "speciality": "sarcomes, tumeurs rares", "timetable": "Le mercredi à 14 h"},
        )
    return {"rcps": [region.rcp[0] for region in REGIONS.values()]}


def announce(code: str, name: str) -> dict[str, Any]:
    """A directory that is not up to date: an RCP that region B closed, or never had."""
    from rcp_directory import api as directory
    from tests.two_regions.regions import B

    network = directory.Named(*B.network, is_ours=False, mailbox=B.mailbox)
    directory.record_rcp(national_id=code, denomination=name, network=network, centre=directory.Named(*B.centre))
    return {"rcp": code}


def know(address: str) -> dict[str, Any]:
    """A box enters the directory, with the network it belongs to."""
    from rcp_directory import api as directory

    name = "Réseau régional de cancérologie de la Région C (fictif)"
    network = directory.Named("5493", "ONCO RÉGION C", name, is_ours=False, mailbox=address)
    centre = directory.Named("549301", "3C RÉGION C", "3C de la Région C (fictif)")
    directory.record_rcp(national_id="54930001", denomination="Recours de la Région C", network=network, centre=centre)
    return {"known": address}


def send(rcp: str = "") -> dict[str, Any]:
    """Alice writes an FRCP for an RCP of region B, completes it and entrusts it."""
    from dcc.documents import api as documents
    from dcc.exchange import api as exchange
    from forms_config.terminology import api as terminology
    from rcp_directory import api as directory
    from tests.fixtures import fill_document
    from tests.two_regions.regions import B

    actor, facility_id, patient_id = alice(), _facility(), _patient()
    board = directory.rcp_by_code(rcp or B.rcp[0])
    assert board is not None
    header = directory.rcp_answers(board.rcp_id, None, label=terminology.label)
    document_id = documents.create_document(
        actor=actor, patient_id=patient_id, facility_id=facility_id, document_type="frcp", answers=header
    )
    fill_document(actor, document_id)
    documents.complete_document(actor=actor, document_id=document_id, expected_revision=_revision(actor, document_id))
    exchange.send_to_rcp(
        actor=actor,
        document_id=document_id,
        expected_revision=_revision(actor, document_id),
        rcp=rcp or B.rcp[0],
        attested=True,
    )
    return seen(actor, document_id)


def validate(set_id: str) -> dict[str, Any]:
    """Alice completes what was received, Bob validates it."""
    from dcc.accounts import api as accounts
    from dcc.documents import api as documents
    from tests.fixtures import fill_document

    actor, document_id = alice(), document_under(set_id)
    if documents.open_document(actor, document_id).line.status == "complete":
        documents.reopen_document(actor=actor, document_id=document_id)
    fill_document(actor, document_id)
    documents.complete_document(actor=actor, document_id=document_id, expected_revision=_revision(actor, document_id))
    bob = accounts.user_named("bob")
    documents.validate_document(actor=bob, document_id=document_id, expected_revision=_revision(bob, document_id))
    return seen(actor, document_id)


def rewrite(set_id: str, words: str) -> dict[str, Any]:
    """Alice goes on with what she took back, and completes it."""
    from dcc.documents import api as documents

    actor, document_id = alice(), document_under(set_id)
    documents.reopen_document(actor=actor, document_id=document_id)
    change = documents.Change("frcp.patient.commentaire", words, _revision(actor, document_id))
    refused = documents.save_answers(actor=actor, document_id=document_id, changes=[change]).refused
    documents.complete_document(actor=actor, document_id=document_id, expected_revision=_revision(actor, document_id))
    return {**seen(actor, document_id), "refused": len(refused)}


def _facility() -> Any:
    from dcc.accounts.api import Facility

    return Facility.objects.get(finess="490000031").pk


def _patient() -> Any:
    from dcc.patients import api as patients

    return next(line.patient_id for line in patients.search(actor=alice(), text=MATRICULE).lines)


def _revision(actor: Any, document_id: Any) -> int:
    from dcc.documents import api as documents

    return documents.open_document(actor, document_id).revision


VERBS: Mapping[str, Callable[..., dict[str, Any]]] = {
    "stage": stage,
    "announce": announce,
    "know": know,
    "send": send,
    "validate": validate,
    "rewrite": rewrite,
    "look": look,
    "mails": mails,
    "everything": everything,
}


def main() -> None:
    """Verbs, until nobody asks any more; one that fails says why, and the next one is heard."""
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]
    import django

    django.setup()
    for line in sys.stdin:
        verb, *words = json.loads(line)
        try:
            answer = VERBS[verb](*words)
        except Exception:  # noqa: BLE001  (told to who asked, who fails with it)
            answer = {"failure": traceback.format_exc()}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
