"""The stamp that tells sessions whether what they remember of the terms is still true; and the first sign-in of each person."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.db.models import F
from django.db.models.signals import post_delete, post_save
from django.utils import timezone

from dcc.accounts.api import Facility, User
from dcc.accounts.models import Membership
from dcc.trust.models import FirstSignIn, RolePeriod, Stamp, TermsSettings

ONLY = 1


def current() -> int | None:
    """The number of the stamp; nothing as long as no terms were ever published. One query."""
    return Stamp.objects.filter(pk=ONLY).values_list("number", flat=True).first()


def begin() -> None:
    """Terms are published: from now on people are asked."""
    _made, created = Stamp.objects.get_or_create(pk=ONLY)
    if not created:
        turn()


def turn(**_: Any) -> None:
    """Something that decides who is asked has changed."""
    Stamp.objects.filter(pk=ONLY).update(number=F("number") + 1)


def note_first(user: User, **_: Any) -> None:
    """Keep when somebody signs in for the first time."""
    FirstSignIn.objects.get_or_create(user=user, defaults={"at": timezone.now()})


def watch() -> None:
    """Listen to what changes who is asked: roles, the network of an establishment, the region's rules."""
    for model in (Membership, Facility, TermsSettings, RolePeriod):
        for signal in (post_save, post_delete):
            signal.connect(turn, sender=model, dispatch_uid=f"trust.stamp.{model.__name__}")
    user_logged_in.connect(note_first, dispatch_uid="trust.first_sign_in")
