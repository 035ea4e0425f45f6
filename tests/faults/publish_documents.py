"""A clinician's day, as a process: each line « <number> » of the standard input validates that many FRCP; answers « ok ».

Run as ``python -m tests.faults.publish_documents`` in the environment of a host under test.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Set the platform up once, then serve lines until the end of the input."""
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]
    import django

    django.setup()
    from django.conf import settings

    from dcc.documents import api as documents
    from forms_config import api as forms
    from forms_config.legal import api as legal
    from tests.fixtures import fill_document, make_facility, make_patient, make_user

    settings.DCC_GATE_PROOF = False  # documents are what is tried here, not forms
    legal.ensure_national_texts()
    forms.ensure_default_forms("frcp")
    facility = make_facility()
    alice = make_user("alice", "medecin", facility, family="MARTIN", given="Alice", national_id="810000000001")
    patient_id = make_patient(alice, facility)
    for line in sys.stdin:
        for _ in range(int(line)):
            made = documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")
            fill_document(alice, made)
            revision = documents.open_document(alice, made).revision
            documents.complete_document(actor=alice, document_id=made, expected_revision=revision)
            revision = documents.open_document(alice, made).revision
            documents.validate_document(actor=alice, document_id=made, expected_revision=revision)
        sys.stdout.write("ok\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
