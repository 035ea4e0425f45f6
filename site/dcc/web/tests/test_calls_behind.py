"""Contextual calls behind their pages: one link for two who are quick, old links forgotten, software registered by a command."""

from __future__ import annotations

import threading
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from dcc.accounts.calls import api as calls
from dcc.accounts.calls.claims import Said, two_factors
from dcc.accounts.calls.models import CallTicket
from dcc.accounts.calls.tickets import forget_old_calls
from dcc.accounts.models import Facility, User
from dcc.audit import api as audit
from dcc.web.tests.calling import EC_KEY, RSA_KEY, pem, register


@pytest.mark.django_db(transaction=True)
def test_a_link_opened_twice_at_once_is_served_once(transactional_db: None) -> None:
    from tests.fixtures import make_facility, make_user

    facility = make_facility()
    alice = make_user("alice", "medecin", facility, family="MARTIN", given="Alice", national_id="810000000001")
    secret = register(facility).link(alice).strip("/").rpartition("/")[2]
    results, gate = list[str](), threading.Barrier(4)

    def open_it() -> None:
        gate.wait()
        try:
            results.append(calls.serve(secret).target)
        except calls.CallRefused as error:
            results.append(error.code)
        connections.close_all()

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["patient", "used", "used", "used"]


@pytest.mark.django_db
def test_links_are_forgotten_once_their_call_cannot_come_again(facility: Facility, alice: User) -> None:
    software = register(facility)
    for seconds in (-10, 30, 200):
        software.link(alice)
        latest = CallTicket.objects.order_by("-received_at")[0]
        CallTicket.objects.filter(pk=latest.pk).update(expires_at=timezone.now() - timedelta(seconds=seconds))
    assert forget_old_calls() == 1
    assert CallTicket.objects.count() == 2


@pytest.mark.django_db
def test_what_is_kept_of_a_call_is_sealed(facility: Facility, alice: User) -> None:
    link = register(facility).link(alice)
    row = CallTicket.objects.values().get()
    assert "PAT-TROIS" not in str(row)
    assert link.strip("/").rpartition("/")[2] not in str(row)


@pytest.mark.parametrize(
    ("amr", "acr", "enough"),
    [
        (("pwd", "otp"), "", True),
        (("pin", "sc"), "", True),
        (("pwd", "fpt"), "", True),
        (("hwk", "face"), "", True),
        (("pwd", "pin"), "", False),
        (("otp", "hwk"), "", False),
        (("mfa",), "", False),
        (("pwd", "sms"), "", False),
        (("wia", "otp"), "", False),
        ((), "", False),
        ((), "eidas1", True),
        ((), "eidas0", False),
    ],
)
def test_two_factors_are_of_different_kinds(amr: tuple[str, ...], acr: str, enough: bool) -> None:
    said = Said("j" * 16, "810000000001", "490000031", 0, 1, 0, amr, acr, {}, "patient", "")
    assert two_factors(said, ["eidas1"]) is enough


@pytest.mark.django_db
def test_only_an_administrator_registers(facility: Facility, alice: User, edith: User, rachel: User, adrien: User) -> None:
    software = register(facility).row
    key = software.keys.get()
    for person in (alice, edith, rachel):
        for act in (
            lambda who: calls.register_software(actor=who, code="x", name="X", facility=facility),
            lambda who: calls.add_key(actor=who, software=software, kid="k2", pem=pem(RSA_KEY)),
            lambda who: calls.withdraw_key(actor=who, key=key),
            lambda who: calls.set_active(actor=who, software=software, active=False),
        ):
            with pytest.raises(PermissionDenied):
                act(person)
    calls.withdraw_key(actor=adrien, key=key)
    assert [t.action for t in audit.traces(actor_id=adrien.pk)] == ["call.key_withdrawn"]


@pytest.mark.django_db
def test_the_command_registers_and_changes_keys(facility: Facility, tmp_path: Path) -> None:
    file = tmp_path / "cle.pem"
    file.write_text(pem(EC_KEY))

    def run(*words: str) -> str:
        out = StringIO()
        call_command("calling_software", *words, stdout=out, stderr=out)
        return out.getvalue()

    said = run("register", "dpi-x", "--name", "DPI X", "--finess", facility.finess)
    assert "OID d'émission des IPP" in said
    assert "ES256" in run("add-key", "dpi-x", "--kid", "2026", "--key", str(file))
    assert "2026  ES256  en service" in run("list")
    run("withdraw-key", "dpi-x", "--kid", "2026")
    run("stop", "dpi-x")
    listed = run("list")
    assert "retirée" in listed
    assert "suspendu" in listed
    run("resume", "dpi-x")
    file.write_text("rien")
    for words, why in (
        (("register", "dpi-x", "--name", "X", "--finess", facility.finess), "déjà celui"),
        (("register", "dpi-y", "--name", "X", "--finess", "000000000"), "Aucune structure"),
        (("register", "pas un code", "--name", "X", "--finess", facility.finess), "lettres"),
        (("add-key", "dpi-x", "--kid", "a", "--key", str(file)), "PEM"),
        (("add-key", "dpi-x", "--kid", "a", "--key", str(tmp_path / "absent")), "absent"),
        (("withdraw-key", "dpi-x", "--kid", "z"), "Clé inconnue"),
        (("stop", "autre"), "Logiciel inconnu"),
    ):
        with pytest.raises(CommandError, match=why):
            run(*words)


def test_the_guide_lists_every_refusal(request: pytest.FixtureRequest) -> None:
    guide = (request.config.rootpath / "docs/contextual-call.md").read_text(encoding="utf-8")
    for code, (status, sentence) in calls.REFUSALS.items():
        assert f"| `{code}` | {status} | {sentence} |" in guide
