"""Sending because somebody asks: rights, figure 10, the reason « continuité des soins »."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import pytest

from dcc.accounts.api import User
from dcc.contracts.mailbox import Mailbox
from dcc.documents import api as documents
from dcc.events.api import drain
from dcc.exchange import api as exchange
from dcc.exchange.models import Transmission
from dcc.exchange.transmissions.tests.stage import Stage

TO_GP = exchange.RecipientChoice(key="rpps:810000000009")
REASON = "Chirurgie prévue demain, le confrère n'a pas la fiche"


def send(actor: User, document_id: uuid.UUID, choice: exchange.RecipientChoice = TO_GP, reason: str = REASON) -> uuid.UUID:
    """Send to one."""
    revision = documents.open_document(actor, document_id).revision
    [sent] = exchange.send_document(
        actor=actor, document_id=document_id, expected_revision=revision, recipients=[choice], continuity_reason=reason
    )
    return sent


def test_a_completed_document_of_an_unqualified_identity_needs_a_reason_of_a_physician(
    stage: Stage, alice: User, sonia: User, completed_id: uuid.UUID
) -> None:
    address = stage.boxes.add("810000000009")
    for person, reason, words in ((alice, " ", "dire en quoi"), (sonia, REASON, "seul un médecin")):
        with pytest.raises(exchange.ContinuityNeeded, match=words):
            send(person, completed_id, reason=reason)
    assert not Transmission.objects.exists()
    sent = send(alice, completed_id)
    drain()
    [package] = stage.mss.to(address)
    assert package.snapshot.status == "complete"
    row = Transmission.objects.get(pk=sent)
    assert (row.state, row.continuity_reason, row.requested_by) == ("envoyee", REASON, alice)


def test_a_validated_document_of_an_unqualified_identity_waits_until_somebody_says_why(
    stage: Stage, alice: User, validated_id: uuid.UUID
) -> None:
    stage.boxes.add("810000000009")
    drain()
    assert {line.cause for line in exchange.transmissions_of(alice, validated_id)} == {"identity"}
    held = Transmission.objects.get(recipient_key=TO_GP.key)
    assert send(alice, validated_id) == held.pk, "the line that waited leaves"
    drain()
    assert [key for key, _, _ in stage.mss.sent] == [held.pk]
    again = send(alice, validated_id)
    assert again != held.pk, "asked once more, it leaves once more, under its own key"


def test_what_figure_10_refuses_is_refused_in_words(stage: Stage, alice: User, completed_id: uuid.UUID) -> None:
    lines = {line.kind: line for line in exchange.recipients_of(alice, completed_id)}
    assert not lines["pdc"].allowed
    assert "qu'au statut « Validé »" in lines["pdc"].words
    assert "jamais transmis" in lines["patient"].words
    for kind in ("pdc", "patient", "dmp"):
        with pytest.raises(exchange.SendingRefused):
            send(alice, completed_id, exchange.RecipientChoice(key=kind))
    with pytest.raises(exchange.SendingRefused, match="autre région"):
        send(alice, completed_id, exchange.RecipientChoice(kind="dcc", address="rcp@autre.mssante.fr"))


def test_directories_are_asked_once_for_each_recipient(
    stage: Stage, alice: User, completed_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, asked, mailboxes = stage.boxes.add("810000000009"), [], stage.boxes.mailboxes

    def asking(*, practitioner: str = "", structure: str = "") -> Sequence[Mailbox]:
        asked.append(practitioner)
        return mailboxes(practitioner=practitioner, structure=structure)

    monkeypatch.setattr(stage.boxes, "mailboxes", asking)
    lines = {line.key: line for line in exchange.recipients_of(alice, completed_id)}
    assert (lines[TO_GP.key].address, lines[TO_GP.key].at_validation, asked) == (address, True, ["810000000009"])


def test_a_stale_revision_sends_nothing(stage: Stage, alice: User, completed_id: uuid.UUID) -> None:
    with pytest.raises(documents.Stale):
        exchange.send_document(actor=alice, document_id=completed_id, expected_revision=-1, recipients=[TO_GP])
