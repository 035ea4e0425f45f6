"""What people of one region do, as a command in the environment of its instance: ``python -m tests.two_regions.act VERB …``.

Answers one line of JSON. The verbs: ``stage REGION`` (the other region in the directory), ``send`` (a completed FRCP leaves),
``look SET_ID``, ``validate SET_ID``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

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


def send() -> dict[str, Any]:
    """Alice writes an FRCP for the RCP of region B, completes it and entrusts it."""
    from dcc.documents import api as documents
    from dcc.exchange import api as exchange
    from forms_config.terminology import api as terminology
    from rcp_directory import api as directory
    from tests.fixtures import fill_document
    from tests.two_regions.regions import B

    alice, facility_id, patient_id = _alice(), _facility(), _patient()
    board = directory.rcp_by_code(B.rcp[0])
    assert board is not None
    header = directory.rcp_answers(board.rcp_id, None, label=terminology.label)
    document_id = documents.create_document(
        actor=alice, patient_id=patient_id, facility_id=facility_id, document_type="frcp", answers=header
    )
    fill_document(alice, document_id)
    documents.complete_document(actor=alice, document_id=document_id, expected_revision=_revision(alice, document_id))
    exchange.send_to_rcp(
        actor=alice,
        document_id=document_id,
        expected_revision=_revision(alice, document_id),
        rcp=B.rcp[0],
        attested=True,
    )
    return _seen(alice, document_id)


def look(set_id: str) -> dict[str, Any]:
    """What this region has under a reference; nothing while it has nothing."""
    document_id = _document(set_id)
    return _seen(_alice(), document_id) if document_id else {}


def validate(set_id: str) -> dict[str, Any]:
    """Alice completes what was received, Bob validates it."""
    from dcc.accounts import api as accounts
    from dcc.documents import api as documents
    from tests.fixtures import fill_document

    alice, document_id = _alice(), _document(set_id)
    if documents.open_document(alice, document_id).line.status == "complete":
        documents.reopen_document(actor=alice, document_id=document_id)
    fill_document(alice, document_id)
    documents.complete_document(actor=alice, document_id=document_id, expected_revision=_revision(alice, document_id))
    bob = accounts.user_named("bob")
    documents.validate_document(actor=bob, document_id=document_id, expected_revision=_revision(bob, document_id))
    return _seen(alice, document_id)


def _alice() -> Any:
    from dcc.accounts import api as accounts

    return accounts.user_named("alice")


def _facility() -> Any:
    from dcc.accounts.api import Facility

    return Facility.objects.get(finess="490000031").pk


def _patient() -> Any:
    from dcc.patients import api as patients

    return next(line.patient_id for line in patients.search(actor=_alice(), text=MATRICULE).lines)


def _document(set_id: str) -> Any:
    from dcc.documents.models import Document

    return Document.objects.filter(set_id_root=set_id).values_list("pk", flat=True).first()


def _revision(actor: Any, document_id: Any) -> int:
    from dcc.documents import api as documents

    return documents.open_document(actor, document_id).revision


def _seen(actor: Any, document_id: Any) -> dict[str, Any]:
    from dcc.documents import api as documents
    from dcc.documents.models import Document

    view = documents.open_document(actor, document_id)
    return {
        "document": str(document_id),
        "set_id": Document.objects.get(pk=document_id).set_id_root,
        "status": view.line.status,
        "version": view.line.version,
        "versions": list(view.versions),
        "held_elsewhere": view.held_elsewhere,
        "custodian": (view.received or {}).get("custodian", {}).get("name", "") if view.received else "",
    }


def main() -> None:
    """One verb."""
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]
    import django

    django.setup()
    verb, *words = sys.argv[1:]
    verbs: dict[str, Any] = {"stage": stage, "send": send, "look": look, "validate": validate}
    sys.stdout.write(json.dumps(verbs[verb](*words)) + "\n")


if __name__ == "__main__":
    main()
