"""Secrets at rest: they open under their own context and key only, whatever was altered is refused, keys can be changed."""

from __future__ import annotations

import base64

import pytest
from pytest_django import Settings

from dcc.accounts import api as accounts

CONTEXT = "accounts.totp:1"
OLD, NEW = "ancienne-" + "a" * 40, "nouvelle-" + "b" * 40


@pytest.mark.parametrize("value", ["", "JBSWY3DPEHPK3PXP", "é’ œ", b"\x00\xff" * 40, "x" * 20_000])
def test_what_is_sealed_opens(value: str | bytes) -> None:
    sealed = accounts.seal(value, context=CONTEXT)
    plain = value.encode() if isinstance(value, str) else value
    assert accounts.unseal(sealed, context=CONTEXT) == plain
    assert not plain or plain not in base64.urlsafe_b64decode(sealed.rpartition(".")[2])
    assert sealed.isascii()
    assert accounts.seal(value, context=CONTEXT) != sealed, "equal secrets do not look equal"


def test_every_altered_character_is_refused() -> None:
    sealed = accounts.seal("JBSWY3DPEHPK3PXP", context=CONTEXT)
    for place, letter in enumerate(sealed):
        other = "A" if letter != "A" else "B"
        altered = sealed[:place] + other + sealed[place + 1 :]
        if _same_bytes(sealed, altered):
            continue
        with pytest.raises(accounts.Unreadable, match="Secret illisible"):
            accounts.unseal(altered, context=CONTEXT)


def _same_bytes(one: str, other: str) -> bool:
    """The last character of base64 carries bits that mean nothing."""
    head = one.rpartition(".")[0] == other.rpartition(".")[0]
    return head and base64.urlsafe_b64decode(one.rpartition(".")[2]) == base64.urlsafe_b64decode(other.rpartition(".")[2])


@pytest.mark.parametrize("broken", ["", "clair", "s1.", "s1..", "s1.x.y", "s2.00000000.AAAA", "s1.00000000.é"])
def test_what_was_not_sealed_is_refused(broken: str) -> None:
    with pytest.raises(accounts.Unreadable):
        accounts.unseal(broken, context=CONTEXT)


def test_a_value_is_cut_short_in_vain() -> None:
    sealed = accounts.seal("JBSWY3DPEHPK3PXP", context=CONTEXT)
    for length in range(len(sealed)):
        with pytest.raises(accounts.Unreadable):
            accounts.unseal(sealed[:length], context=CONTEXT)


@pytest.mark.parametrize("context", ["accounts.totp:2", "psc.refresh:1", "", "accounts.totp:1 "])
def test_a_value_moved_elsewhere_stays_shut(context: str) -> None:
    sealed = accounts.seal("JBSWY3DPEHPK3PXP", context=CONTEXT)
    with pytest.raises(accounts.Unreadable, match="autre usage"):
        accounts.unseal(sealed, context=context)


@pytest.mark.parametrize(
    ("key", "former", "secret_key", "opens"),
    [
        (OLD, [], "django-1", True),
        (NEW, [OLD], "django-1", True),
        (NEW, [], "django-1", False),
        (OLD, [], "django-2", True),
        ("", [], "django-1", False),
        ("", [OLD], "django-2", True),
    ],
)
def test_former_keys_open(settings: Settings, key: str, former: list[str], secret_key: str, opens: bool) -> None:
    settings.SECRET_KEY, settings.DCC_SECRETS_KEY = "django-1", OLD
    sealed = accounts.seal("secret", context=CONTEXT)
    settings.DCC_SECRETS_KEY, settings.DCC_SECRETS_FORMER_KEYS, settings.SECRET_KEY = key, former, secret_key
    if opens:
        assert accounts.unseal(sealed, context=CONTEXT) == b"secret"
        return
    with pytest.raises(accounts.Unreadable, match="DCC_SECRETS_FORMER_KEYS"):
        accounts.unseal(sealed, context=CONTEXT)


@pytest.mark.parametrize(
    ("key", "former", "secret_key", "opens"),
    [
        ("", [], "django-1", True),
        (NEW, [], "django-1", True),
        ("", [], "django-2", False),
        ("", ["django-1"], "django-2", True),
        (NEW, ["django-1"], "django-2", True),
    ],
)
def test_without_a_key_of_its_own_that_of_the_site_is_used(
    settings: Settings, key: str, former: list[str], secret_key: str, opens: bool
) -> None:
    settings.SECRET_KEY, settings.DCC_SECRETS_KEY = "django-1", ""
    sealed = accounts.seal("secret", context=CONTEXT)
    settings.DCC_SECRETS_KEY, settings.DCC_SECRETS_FORMER_KEYS, settings.SECRET_KEY = key, former, secret_key
    if opens:
        assert accounts.unseal(sealed, context=CONTEXT) == b"secret"
        return
    with pytest.raises(accounts.Unreadable):
        accounts.unseal(sealed, context=CONTEXT)
