"""A day of work, as a process: each line « <number> » of the standard input validates that many FRCP, « again » sends once more
what failed, « queue <number> <first> » queues one of them for that many boxes; answers « ok ».

Each document names two professionals with a box of their own. Run as ``python -m tests.faults.mss.publish`` in the environment
of a host.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
INS = ("1.2.250.1.213.1.4.10", "279035121518989")
DOMAINS = ("cabinet.mssante.fr", "hopital.mssante.fr")


def recipients(number: int) -> tuple[str, str]:
    """The boxes of the two whom document ``number`` names; there are twenty of each kind."""
    return (f"traitant{number % 20}@{DOMAINS[0]}", f"demandeur{number % 20}@{DOMAINS[1]}")


def professionals(number: int) -> Iterator[tuple[str, Any]]:
    """Answers that name them."""
    keys = ("frcp.participants.medecin_traitant", "frcp.participants.demandeur")
    for kind, (key, address) in enumerate(zip(keys, recipients(number), strict=True)):
        yield (
            key,
            {
                "family": f"ESSAI{kind}{number % 20}",
                "given": "Camille",
                "suffix": "DR",
                "id": {"root": "1.2.250.1.71.4.2.1", "extension": f"8100001{kind}{number % 20:03d}"},
                "telecoms": [{"value": f"mailto:{address}"}],
            },
        )


def main() -> None:
    """Set the platform up once, then serve lines until the end of the input."""
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    from dcc.contracts.snapshots import InstanceId
    from dcc.patients import api as patients
    from forms_config import api as forms
    from forms_config.legal import api as legal
    from tests.fixtures import make_facility, make_patient, make_user

    settings.DCC_GATE_PROOF = False  # sending is what is tried here, not forms
    legal.ensure_national_texts()
    forms.ensure_default_forms("frcp")
    facility = make_facility()
    alice = make_user("alice", "medecin", facility, family="MARTIN", given="Alice", national_id="810000000001")
    patient_id = make_patient(alice, facility)
    patients.play_qualified(actor=alice, facility_id=facility.pk, patient_id=patient_id, ins=InstanceId(*INS))
    number = 0
    for line in sys.stdin:
        connection.close()  # the server may have been restarted meanwhile
        if line.strip() == "again":
            send_again(alice)
            answer("ok")
            continue
        if line.startswith("queue "):
            queue(*map(int, line.split()[1:]))
            answer("ok")
            continue
        for _ in range(int(line)):
            validate(number, actor=alice, patient_id=patient_id, facility_id=facility.pk)
            number += 1
        answer("ok")


def answer(word: str) -> None:
    """Say that it is done."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def validate(number: int, *, actor: Any, patient_id: Any, facility_id: Any) -> None:
    """Write an FRCP and lead it to its validation."""
    from dcc.documents import api as documents
    from tests.fixtures import fill_document

    made = documents.create_document(actor=actor, patient_id=patient_id, facility_id=facility_id, document_type="frcp")
    revision = documents.open_document(actor, made).revision
    changes = [documents.Change(key, value, revision) for key, value in professionals(number)]
    refused = documents.save_answers(actor=actor, document_id=made, changes=changes).refused
    assert not refused, refused
    fill_document(actor, made)
    for act in (documents.complete_document, documents.validate_document):
        revision = documents.open_document(actor, made).revision
        act(actor=actor, document_id=made, expected_revision=revision)


def queue(number: int, first: int) -> None:
    """Make the files of the last document, and queue them for many."""
    from dcc.exchange.models import Rendition
    from tests.faults.mss.queueing import queue_many

    if not Rendition.objects.exists():
        from dcc.events.api import drain

        drain()
    queue_many(Rendition.objects.latest("created_at").pk, number, first=first)


def send_again(actor: Any) -> None:
    """What somebody does who sees a failure: « relancer »."""
    from dcc.exchange import api as exchange
    from dcc.exchange.models import Transmission

    for row in Transmission.objects.filter(state="echec", channel="mss"):
        exchange.retry(actor=actor, transmission_id=row.pk, expected_state=row.state)


if __name__ == "__main__":
    main()
