"""« Partager de nouveau dans le DMP »: offered where something is missing, to who may send, and where no other gesture helps."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from dcc.accounts.api import Action
from dcc.accounts.models import User
from dcc.contracts.notices import Notice, Place
from dcc.documents import api as documents
from dcc.exchange.api import State
from dcc.exchange.transmissions.tests.standing import make_rendition, make_transmission
from plugins.dmp.deposits import ledger
from plugins.dmp.deposits.visibility import Seen
from plugins.dmp.models import Deposit
from plugins.dmp.models.deposits import Stage
from plugins.dmp.patient.sharing import SharingNotices, missing, removed
from plugins.dmp.patient.tests.conftest import INS
from plugins.dmp.tests.reachable import reachable_settings
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db
NOTHING = ""


def lines_of(user: User, document_id: UUID, monkeypatch: pytest.MonkeyPatch, *, confirm: bool = False) -> list[Notice]:
    """What the page of transmissions says to somebody; ``confirm``: the region wants it confirmed that an FRCP is shown."""
    settings = reachable_settings(confirm_reveal=confirm)
    monkeypatch.setattr("plugins.dmp.patient.sharing.in_force", lambda: settings)
    return list(SharingNotices().notices(Place("envois", user.pk, documents.patient_of(document_id), document_id)).lines)


CASES = [
    (State.QUEUED, "", False),
    (State.SENT, "", False),
    (State.HELD, "session", False),
    (State.HELD, "dmp_opposition", False),
    (State.HELD, "no_dmp", False),
    (State.FAILED, "dmp_refused", False),
    (State.ABANDONED, "", True),
]


@pytest.mark.parametrize(("state", "cause", "offered"), CASES)
def test_where_it_is_offered(alice: User, validated_frcp_id: UUID, state: State, cause: str, *, offered: bool) -> None:
    make_transmission(make_rendition(validated_frcp_id), "DMP", "dmp", "dmp", state, cause)
    assert bool(missing(alice, validated_frcp_id).words) == offered


def test_a_validated_document_without_a_line_is_missing(alice: User, validated_frcp_id: UUID) -> None:
    assert missing(alice, validated_frcp_id).words == "Ce document n'est pas dans le DMP, et rien n'y part."


def test_what_another_system_validated_is_shared_there(
    alice: User, validated_frcp_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = replace(documents.reference(alice, Action.SEND_DOCUMENT, validated_frcp_id), received=True)
    monkeypatch.setattr(documents, "reference", lambda *_: known)
    assert missing(alice, validated_frcp_id).words == NOTHING


def test_what_is_not_validated_is_not_missing(alice: User, frcp_id: UUID) -> None:
    assert missing(alice, frcp_id).words == NOTHING


def test_an_frcp_that_the_patient_does_not_see_beside_his_pps(
    alice: User, qualified: UUID, validated_frcp_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_transmission(make_rendition(validated_frcp_id), "DMP", "dmp", "dmp", State.SENT, "")
    deposited = {"stage": Stage.DEPOSITED, "lot": "2.25.9", "ins_root": INS.root, "ins_extension": INS.extension}
    frcp = Deposit.objects.create(
        key=uuid4(),
        document_id=validated_frcp_id,
        document_type="frcp",
        unique_id="2.25.1",
        visibility=Seen.INVISIBLE,
        **deposited,
    )
    assert missing(alice, validated_frcp_id).words == NOTHING, "sans PPS, elle est comme elle doit être"
    Deposit.objects.create(
        key=uuid4(),
        document_id=uuid4(),
        document_type="pps",
        reference_id=validated_frcp_id,
        unique_id="2.25.2",
        visibility=Seen.VISIBLE,
        **deposited,
    )
    assert missing(alice, validated_frcp_id).words == "Le PPS est dans le DMP, et la FRCP y est encore invisible au patient."
    actions = [lines_of(alice, validated_frcp_id, monkeypatch, confirm=confirm)[0].action for confirm in (False, True)]
    assert actions == ["Partager de nouveau dans le DMP", "Confirmer, et la montrer au patient"]
    frcp.visibility = Seen.VISIBLE
    frcp.save()
    assert missing(alice, validated_frcp_id).words == NOTHING


def test_what_was_taken_away_is_told_without_a_button(
    alice: User, qualified: UUID, validated_frcp_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its button did nothing, again and again: what somebody took away is not put back."""
    make_transmission(make_rendition(validated_frcp_id), "DMP", "dmp", "dmp", State.SENT, "")
    pps = uuid4()
    monkeypatch.setattr(documents, "followed_id", lambda of: validated_frcp_id if of == pps else None)
    monkeypatch.setattr(ledger, "ins_of", lambda _document: INS)
    known = {"lot": "2.25.9", "visibility": Seen.VISIBLE, "ins_root": INS.root, "ins_extension": INS.extension}
    frcp = Deposit.objects.create(
        key=uuid4(), document_id=validated_frcp_id, document_type="frcp", unique_id="2.25.1", stage=Stage.WITHDRAWN, **known
    )
    Deposit.objects.create(
        key=uuid4(),
        document_id=pps,
        document_type="pps",
        reference_id=validated_frcp_id,
        unique_id="2.25.2",
        stage=Stage.DEPOSITED,
        **known,
    )
    (line,) = lines_of(alice, validated_frcp_id, monkeypatch)
    assert (line.words, line.url) == ("Ce document a été retiré du DMP : il n'y est pas remis tel quel.", "")
    assert removed(pps) == "La FRCP que suit ce PPS a été retirée du DMP : elle n'y est pas remise telle quelle."
    frcp.stage = Stage.DEPOSITED
    frcp.save()
    assert (lines_of(alice, validated_frcp_id, monkeypatch), removed(pps)) == ([], NOTHING)


def test_to_whom(alice: User, lea: User, charlie: User, validated_frcp_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = lines_of(alice, validated_frcp_id, monkeypatch)
    assert (line.url, line.action, line.posts) == (
        reverse("dmp:share", args=[validated_frcp_id]),
        "Partager de nouveau dans le DMP",
        True,
    )
    assert lines_of(lea, validated_frcp_id, monkeypatch) == []
    assert lines_of(charlie, validated_frcp_id, monkeypatch) == []


def test_a_refusal_is_told_on_the_page_of_transmissions(visit: Visit, alice: User, frcp_id: UUID) -> None:
    answer = visit(alice).post(reverse("dmp:share", args=[frcp_id]), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("web:transmissions", args=[frcp_id])
    assert "notice bad" in answer.content.decode() or "error" in answer.content.decode()
