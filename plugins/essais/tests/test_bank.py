"""The bank: who keeps it, how it is filled and found, how a reference reaches a document."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from dcc.accounts.api import User
from dcc.audit import api as audit
from dcc.cms.api import ensure_groups
from dcc.documents import api as documents
from plugins.essais.bank import Report, UnfitFile, import_trials, put_reference, search
from plugins.essais.models import ClinicalTrial
from tests.fixtures import sign_in

pytestmark = pytest.mark.django_db
HEAD = "acronym;identifier;title;phase;organ;centres;status;opened_on"
FILE = f"""{HEAD}
ÉTOILE;NCT01234567;Désescalade après chirurgie;III;Sein;Angers, Nantes;ouvert;2026-01-05
COLO-2;2019-001234-56;Chimiothérapie périopératoire;II;Côlon;Angers;;
ANCIEN;2023-501234-12-00;Essai terminé;I;Sein;Angers;clos;
"""
TEXT = "frcp.patient.commentaire"


@pytest.fixture
def trials() -> dict[str, ClinicalTrial]:
    assert import_trials(actor=None, content=FILE.encode()) == Report(3, 0, 0)
    return {trial.acronym: trial for trial in ClinicalTrial.objects.all()}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["COLO-2", "ÉTOILE"]),
        ("etoi", ["ÉTOILE"]),
        ("nct0123", ["ÉTOILE"]),
        ("colon angers", ["COLO-2"]),
        ("2019-001234", ["COLO-2"]),
        ("ancien", []),
        ("toile", []),
    ],
)
def test_an_open_trial_is_found_by_the_beginning_of_words(trials: dict[str, ClinicalTrial], text: str, found: list[str]) -> None:
    assert sorted(trial.acronym for trial in search(text)) == found


def test_a_file_read_again_changes_what_changed(trials: dict[str, ClinicalTrial]) -> None:
    assert import_trials(actor=None, content=FILE.replace(";II;", ";III;").encode()) == Report(0, 1, 2)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"acronym;title\nX;Y\n", "colonne absente : identifier"),
        (b"\xff\xfe", "UTF-8"),
        (f"{HEAD}\nX;12;Titre;;;;ouvert;\n".encode(), "ligne 2, identifier : Attendu"),
        (f"{HEAD}\nX;NCT01234567;Titre;;;;peut-être;\n".encode(), "ligne 2, status"),
        (f"{HEAD}\nX;NCT01234567;Titre;;;;;demain\n".encode(), "ligne 2, opened_on"),
    ],
)
def test_a_wrong_file_is_refused_whole(content: bytes, words: str) -> None:
    with pytest.raises(UnfitFile, match=words):
        import_trials(actor=None, content=content)
    assert not ClinicalTrial.objects.exists()


def test_the_command_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "essais.csv"
    path.write_text(FILE, encoding="utf-8")
    call_command("import_trials", str(path))
    assert "3 ajoutés, 0 modifiés, 0 inchangés" in capsys.readouterr().out
    with pytest.raises(CommandError, match="absent"):
        call_command("import_trials", str(tmp_path / "absent.csv"))


def test_a_clinician_puts_its_reference_in_a_document(
    trials: dict[str, ClinicalTrial], client: Client, alice: User, frcp_id: UUID
) -> None:
    trial = trials["ÉTOILE"]
    sign_in(client, alice)
    assert 'href="/plugins/essais/"' in client.get("/").content.decode()
    assert f"/plugins/essais/{trial.pk}/" in client.get("/plugins/essais/?q=etoile").content.decode()
    address = f"/plugins/essais/{trial.pk}/documents/{frcp_id}/"
    assert address in client.get(f"/plugins/essais/{trial.pk}/").content.decode()
    assert f'value="{TEXT}"' in client.get(address).content.decode()
    revision = documents.open_document(alice, frcp_id).revision
    response = client.post(address, {"question": TEXT, "revision": str(revision)})
    assert response["Location"] == f"/documents/{frcp_id}/"
    assert documents.open_document(alice, frcp_id).answers[TEXT] == trial.reference
    [trace] = [found for found in audit.traces(subject=f"document:{frcp_id}") if found.action == "trial.referenced"]
    assert (trace.actor_id, trace.facts["trial"]) == (alice.pk, "NCT01234567")


def test_what_somebody_else_wrote_is_not_covered(trials: dict[str, ClinicalTrial], alice: User, bob: User, frcp_id: UUID) -> None:
    base = documents.open_document(alice, frcp_id).revision
    documents.save_answers(actor=bob, document_id=frcp_id, changes=[documents.Change(TEXT, "De Bob", base)], editor="b")
    trial = trials["ÉTOILE"]
    assert not put_reference(actor=alice, trial=trial, document_id=frcp_id, question_key=TEXT, base=base)
    now = documents.open_document(alice, frcp_id).revision
    assert put_reference(actor=alice, trial=trial, document_id=frcp_id, question_key=TEXT, base=now)
    assert documents.open_document(alice, frcp_id).answers[TEXT] == f"De Bob\n{trial.reference}"


# Clinicians find and insert; editors and administrators keep the bank; nobody does both.
RIGHTS = """
          alice sonia lea charlie edith adrien
bank      200   200   403 200     403   403
insert    200   200   403 404     403   403
admin     302   302   302 302     200   200
"""


def test_who_may_what(
    trials: dict[str, ClinicalTrial], client: Client, frcp_id: UUID,
    alice: User, sonia: User, lea: User, charlie: User, edith: User, adrien: User,
) -> None:  # fmt: skip
    ensure_groups()
    people = {user.username: user for user in (alice, sonia, lea, charlie, edith, adrien)}
    addresses = {
        "bank": "/plugins/essais/",
        "insert": f"/plugins/essais/{trials['ÉTOILE'].pk}/documents/{frcp_id}/",
        "admin": "/admin/snippets/essais/clinicaltrial/",
    }
    names, *rows = (line.split() for line in RIGHTS.strip().splitlines())
    for who, *expected in zip(names, *(row[1:] for row in rows), strict=True):
        sign_in(client, people[who])
        found = [str(client.get(addresses[row[0]]).status_code) for row in rows]
        assert found == expected, who
