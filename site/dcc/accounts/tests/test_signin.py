"""Signing in: two factors, no word too many, guesses locked out, codes never replayed, invitations, recovery codes."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from dcc.accounts import factors
from dcc.accounts.devices import Authenticator
from dcc.accounts.invitations import close_account, create_user, invite
from dcc.accounts.models import Facility, RecoveryCode, User
from dcc.accounts.tests.walk import PASSWORD, Clock, clock, code_of, enrolled, enter, forgive, give_password, is_in, wrong_code
from dcc.audit import api as audit

__all__ = ["clock"]
pytestmark = pytest.mark.django_db
LOGIN, CODE, ENROL, CHOOSE = (reverse(f"accounts:{name}") for name in ("login", "code", "enrol", "password"))


@pytest.fixture
def anna(alice: User) -> User:
    """Alice with her telephone."""
    return enrolled(alice)


def actions(user: User) -> list[str]:
    return [trace.action for trace in reversed(audit.traces(subject=f"user:{user.pk}"))]


def test_both_factors_open_a_session(client: Client, anna: User) -> None:
    response: Any = client.get("/compte/securite/")
    assert response["Location"] == f"{LOGIN}?next=/compte/securite/"
    response = give_password(client, "alice", next="/compte/securite/")
    assert response["Location"] == CODE
    assert not get_user(client).is_authenticated
    response = client.post(CODE, {"code": code_of(anna)})
    assert response["Location"] == "/compte/securite/"
    assert is_in(client)
    assert client.get("/compte/securite/").status_code == 200
    assert actions(anna) == ["session.opened"]
    (trace,) = audit.traces(subject=f"user:{anna.pk}")
    assert trace.facts == {"ip": "127.0.0.1", "factor": "totp"}


def test_the_password_alone_opens_nothing(client: Client, anna: User) -> None:
    give_password(client, "alice")
    assert not is_in(client)
    for page in ("/compte/securite/", "/admin/", reverse("accounts:renew_codes")):
        assert client.get(page)["Location"].startswith(LOGIN)


def test_a_session_without_second_factor_is_no_session(client: Client, anna: User) -> None:
    """Even if some other way had logged the user in."""
    client.force_login(anna, backend="django.contrib.auth.backends.ModelBackend")
    assert not is_in(client)
    assert client.get("/compte/securite/")["Location"].startswith(LOGIN)


def test_the_code_page_needs_the_password_first(client: Client, anna: User) -> None:
    for page in (CODE, ENROL, CHOOSE):
        assert client.get(page)["Location"] == LOGIN
        assert client.post(page, {"code": code_of(anna)})["Location"] == LOGIN


@pytest.mark.parametrize("wanted", ["https://ailleurs.invalid/", "//ailleurs.invalid", "javascript:alert(1)", ""])
def test_nobody_is_sent_elsewhere(client: Client, anna: User, wanted: str) -> None:
    give_password(client, "alice", next=wanted)
    response = client.post(CODE, {"code": code_of(anna)})
    assert response["Location"] == "/"


def test_key_and_token_change_at_each_step(client: Client, anna: User) -> None:
    client.get(LOGIN)
    token = client.cookies["csrftoken"].value
    give_password(client, "alice")
    first = client.cookies["sessionid"].value
    client.post(CODE, {"code": code_of(anna)})
    assert client.cookies["sessionid"].value != first
    assert client.cookies["csrftoken"].value != token


def test_pages_are_guarded_against_forgery(anna: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    for page in (LOGIN, CODE, ENROL, CHOOSE, reverse("accounts:logout"), reverse("accounts:relogin")):
        assert strict.post(page, {}).status_code == 403


def test_a_refusal_does_not_tell_which_part_was_wrong(client: Client, anna: User, bob: User) -> None:
    close_account(actor=None, user=bob)
    pages = set()
    for username, password in (("alice", "faux"), ("personne", PASSWORD), ("bob", PASSWORD)):
        response: Any = give_password(client, username, password)
        assert response.status_code == 200
        page = re.sub(r'value="[^"]*"', "", response.content.decode())
        assert "Identifiant ou mot de passe incorrect" in page
        pages.add(page)
    assert len(pages) == 1, "the three refusals are the same page"
    assert actions(anna) == ["session.password_refused"]
    assert [t.action for t in audit.traces(subject="user:unknown")] == ["session.password_refused"]
    assert "faux" not in str(audit.traces())


def test_guessing_is_locked_out_by_name_and_address(client: Client, anna: User, bob: User) -> None:
    for _ in range(4):
        give_password(client, "alice", "faux")
    response: Any = give_password(client, "alice", "faux")
    assert response.status_code == 429
    assert "réessayez dans 15 minutes" in response.content.decode()
    response = give_password(client, "alice")
    assert response.status_code == 429, "the right password changes nothing"
    response = give_password(client, "inconnue", "faux")
    assert response.status_code == 200
    assert Client(REMOTE_ADDR="192.0.2.7").post(LOGIN, {"username": "alice", "password": PASSWORD})["Location"] == CODE
    enrolled(bob)
    enter(client, bob)


def test_unknown_names_are_locked_out_alike(client: Client, db: None) -> None:
    statuses = [getattr(give_password(client, "personne", "faux"), "status_code", 0) for _ in range(6)]
    assert statuses == [200, 200, 200, 200, 429, 429]


def test_the_address_behind_proxies_is_read_no_further_than_ours(client: Client, anna: User, settings: Settings) -> None:
    """A forged beginning of X-Forwarded-For must not give endless tries."""
    settings.DCC_PROXY_COUNT = 1
    statuses = [
        client.post(
            LOGIN, {"username": "alice", "password": "x"}, headers={"X-Forwarded-For": f"10.0.0.{n}, 192.0.2.9"}
        ).status_code
        for n in range(5)
    ]
    assert statuses == [200, 200, 200, 200, 429]


def test_success_forgets_former_failures(client: Client, anna: User) -> None:
    for _ in range(3):
        for _ in range(4):
            give_password(client, "alice", "faux")
        enter(client, anna)
        client.post(reverse("accounts:logout"))
    assert not is_in(client)


@pytest.mark.parametrize(("steps", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_one_step_of_the_clock_either_way(client: Client, anna: User, steps: int, accepted: bool) -> None:
    give_password(client, "alice")
    client.post(CODE, {"code": code_of(anna, steps=steps)})
    assert is_in(client) is accepted


def test_a_code_is_never_accepted_twice(client: Client, anna: User) -> None:
    code = code_of(anna)
    give_password(client, "alice")
    client.post(CODE, {"code": code})
    assert is_in(client)
    other = Client()
    give_password(other, "alice")
    other.post(CODE, {"code": code})
    assert not is_in(other)
    Authenticator.objects.filter(user=anna).update(throttling_failure_timestamp=None, throttling_failure_count=0)
    other.post(CODE, {"code": code_of(anna, steps=1)})
    assert is_in(other)


def test_wrong_codes_are_slowed_down_even_before_the_right_one(client: Client, anna: User) -> None:
    give_password(client, "alice")
    page = client.post(CODE, {"code": wrong_code(anna)}).content.decode()
    assert "attendez 1 seconde" in page
    page = client.post(CODE, {"code": code_of(anna)}).content.decode()
    assert "attendez" in page
    assert not is_in(client)
    forgive(anna)
    client.post(CODE, {"code": code_of(anna)})
    assert is_in(client)


def test_five_wrong_codes_ask_for_the_password_again(client: Client, anna: User) -> None:
    give_password(client, "alice")
    for _ in range(4):
        assert client.post(CODE, {"code": wrong_code(anna)}).status_code == 200
    assert client.post(CODE, {"code": wrong_code(anna)})["Location"] == LOGIN
    forgive(anna)
    assert client.post(CODE, {"code": code_of(anna)})["Location"] == LOGIN
    assert not is_in(client)
    assert actions(anna).count("session.code_refused") == 5


@pytest.mark.parametrize("code", ["", "abc", "12345", "1234567", "-12345", "0x1234", "١٢٣٤٥٦", "' OR 1=1", "a" * 41])
def test_odd_codes(client: Client, anna: User, code: str) -> None:
    give_password(client, "alice")
    assert client.post(CODE, {"code": code}).status_code == 200
    assert not is_in(client)


def test_the_password_is_worth_ten_minutes(client: Client, anna: User, clock: Clock) -> None:
    give_password(client, "alice")
    clock(599)
    assert client.get(CODE).status_code == 200
    clock(601)
    assert client.get(CODE)["Location"] == LOGIN


def test_a_password_changed_meanwhile_stops_the_entrance(client: Client, anna: User) -> None:
    give_password(client, "alice")
    anna.set_password("Un-autre-mot-de-passe-2")
    anna.save()
    assert client.post(CODE, {"code": code_of(anna)})["Location"] == LOGIN
    assert not is_in(client)


def test_a_closed_account_is_out_at_once(client: Client, anna: User) -> None:
    enter(client, anna)
    close_account(actor=None, user=anna)
    assert not is_in(client)
    assert client.get("/compte/securite/").status_code == 302


def test_recovery_codes_open_once_each_and_are_not_kept_readable(client: Client, anna: User) -> None:
    codes = factors.renew_recovery_codes(anna)
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"[a-z2-7]{4}(-[a-z2-7]{4}){3}", code) for code in codes)
    stored = str(list(RecoveryCode.objects.values_list("digest", flat=True)))
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)
    give_password(client, "alice")
    response: Any = client.post(CODE, {"code": f" {codes[0].upper().replace('-', ' ')} "}, follow=True)
    assert is_in(client)
    assert factors.recovery_codes_left(anna) == 9
    assert audit.traces(subject=f"user:{anna.pk}")[0].facts["factor"] == "recovery"
    assert [str(m) for m in response.context["messages"]] == ["Il vous reste 9 codes de secours"] or not response.context
    other = Client()
    give_password(other, "alice")
    other.post(CODE, {"code": codes[0]})
    assert not is_in(other)
    forgive(anna)
    other.post(CODE, {"code": codes[1]})
    assert is_in(other)


def test_renewing_recovery_codes_voids_the_former_ones(client: Client, anna: User) -> None:
    old = factors.renew_recovery_codes(anna)
    enter(client, anna)
    page = reverse("accounts:renew_codes")
    assert "attendez" in client.post(page, {"code": wrong_code(anna)}).content.decode()
    forgive(anna)
    shown = re.findall(r"<code>([a-z2-7-]{19})</code>", client.post(page, {"code": code_of(anna)}).content.decode())
    assert len(shown) == 10
    assert not set(shown) & set(old)
    forgive(anna)
    assert factors.check_code(anna, old[0]) is None
    forgive(anna)
    assert factors.check_code(anna, shown[0]) is not None


def secret_in(page: bytes) -> str:
    found = re.search(r"<code>([A-Z2-7 ]{39})</code>", page.decode())
    assert found
    return found[1]


def invited(facility: Facility) -> tuple[User, str]:
    return create_user(actor=None, username="nina", role="lecteur", facility=facility, given="Nina", family="NOËL")


def test_an_invited_person_enrols(client: Client, facility: Facility) -> None:
    nina, one_time = invited(facility)
    assert give_password(client, "nina", one_time)["Location"] == CHOOSE  # type: ignore[index]  # a response
    for bad, why in (("court", "12"), (one_time, "autre mot de passe"), ("administrator", "trop courant")):
        assert why in client.post(CHOOSE, {"password": bad, "again": bad}).content.decode()
    assert "diffèrent" in client.post(CHOOSE, {"password": "Une-phrase-bien-longue-1", "again": "x"}).content.decode()
    nina.refresh_from_db()
    assert nina.one_time_password
    response = client.post(CHOOSE, {"password": "Une-phrase-bien-longue-1", "again": "Une-phrase-bien-longue-1"})
    assert response["Location"] == ENROL
    page = client.get(ENROL).content.decode()
    device = Authenticator.objects.get(user=nina)
    assert not device.confirmed
    assert "QR code" in page
    client.post(ENROL, {"code": "000000"})
    assert not Authenticator.objects.get(user=nina).confirmed
    forgive(nina)
    page = client.post(ENROL, {"code": code_of(nina, confirmed=False)}).content.decode()
    assert len(re.findall(r"<code>[a-z2-7-]{19}</code>", page)) == 10
    assert 'download="codes-de-secours-oncodcc.txt"' in page
    assert is_in(client)
    nina.refresh_from_db()
    assert (nina.enrolment_until, nina.one_time_password) == (None, False)
    assert client.get(ENROL)["Location"] == LOGIN, "codes are shown once"
    assert actions(nina) == [
        "account.created",
        "account.role_granted",
        "account.invited",
        "account.password_changed",
        "account.factor_enrolled",
        "account.recovery_codes_renewed",
        "session.opened",
    ]
    other = Client()
    assert getattr(give_password(other, "nina", one_time), "status_code", 0) == 200, "the one-time password is void"


def test_the_code_that_enrolled_does_not_sign_in(client: Client, facility: Facility) -> None:
    nina, one_time = invited(facility)
    give_password(client, "nina", one_time)
    client.post(CHOOSE, {"password": PASSWORD, "again": PASSWORD})
    client.get(ENROL)
    code = code_of(nina, confirmed=False)
    client.post(ENROL, {"code": code})
    other = Client()
    give_password(other, "nina")
    other.post(CODE, {"code": code})
    assert not is_in(other)


def test_enrolment_can_be_resumed(client: Client, facility: Facility) -> None:
    nina, one_time = invited(facility)
    give_password(client, "nina", one_time)
    client.post(CHOOSE, {"password": PASSWORD, "again": PASSWORD})
    secret = secret_in(client.get(ENROL).content)
    other = Client()
    assert give_password(other, "nina")["Location"] == ENROL  # type: ignore[index]  # a response
    shown = Authenticator.objects.get(user=nina)
    assert secret_in(other.get(ENROL).content) == secret
    assert Authenticator.objects.get(user=nina) == shown


def test_a_late_invitation_is_over(client: Client, facility: Facility) -> None:
    nina, one_time = invited(facility)
    User.objects.filter(pk=nina.pk).update(enrolment_until=timezone.now() - timedelta(seconds=1))
    response: Any = give_password(client, "nina", one_time)
    assert response.status_code == 403
    assert "attend une invitation" in response.content.decode()
    assert client.get(CHOOSE)["Location"] == LOGIN


def test_a_stolen_password_enrols_no_telephone(client: Client, alice: User) -> None:
    """An account whose authenticator is gone waits for an invitation."""
    response: Any = give_password(client, "alice")
    assert response.status_code == 403
    assert client.get(ENROL)["Location"] == LOGIN
    assert not Authenticator.objects.exists()


def test_inviting_again_voids_everything(client: Client, anna: User) -> None:
    codes = factors.renew_recovery_codes(anna)
    enter(client, anna)
    one_time = invite(actor=None, user=anna)
    assert not is_in(client)
    assert factors.check_code(anna, codes[0]) is None
    other = Client()
    assert getattr(give_password(other, "alice"), "status_code", 0) == 200
    assert give_password(other, "alice", one_time)["Location"] == CHOOSE  # type: ignore[index]  # a response
    assert other.post(CODE, {"code": "123456"})["Location"] == CHOOSE, "no step is skipped"


def test_logging_out(client: Client, anna: User) -> None:
    enter(client, anna)
    assert client.get(reverse("accounts:logout")).status_code == 405
    assert client.post(reverse("accounts:logout"))["Location"] == LOGIN
    assert not is_in(client)
    assert actions(anna) == ["session.opened", "session.closed"]


def test_changing_the_password_ends_other_sessions(client: Client, anna: User) -> None:
    other = Client()
    enter(other, anna)
    enter(client, anna)
    page = reverse("accounts:change_password")
    new = {"password": "Une-phrase-bien-longue-1", "again": "Une-phrase-bien-longue-1"}
    assert "incorrect" in client.post(page, {"current": "faux", **new}).content.decode()
    assert client.post(page, {"current": PASSWORD, **new})["Location"] == reverse("accounts:security")
    assert is_in(client)
    assert not is_in(other)


def test_replacing_the_authenticator(client: Client, anna: User) -> None:
    enter(client, anna)
    page = reverse("accounts:replace_factor")
    assert "QR code" not in client.get(page).content.decode(), "the new secret is shown to who proved the old one"
    forgive(anna)
    old = Authenticator.objects.get(user=anna)
    client.post(page, {"code": code_of(anna, steps=1)})
    assert b"QR code" in client.get(page).content
    response = client.post(page, {"code": code_of(anna, confirmed=False)})
    assert b"codes-de-secours" in response.content
    assert Authenticator.objects.get(user=anna).pk != old.pk
    assert is_in(client)
