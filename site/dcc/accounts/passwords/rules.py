"""What a new password may not be, as validators of Django: easily guessed, leaked, or one of the person's last ones."""

from __future__ import annotations

import unicodedata

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dcc.accounts.models import FormerPassword, User
from dcc.accounts.passwords.breached import is_breached

DIFFERENT = 6
"""Characters that differ from one another once the person's own names are taken out."""


class GuessablePasswordValidator:
    """Refuses little more than the person's names, and few characters again and again (« alice.martin », « 111222111222 »)."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ``ValidationError`` in French."""
        rest = _plain(password)
        for name in sorted(_names(user), key=len, reverse=True):
            rest = rest.replace(name, "")
        if len(set(rest)) < DIFFERENT:
            message = _("Ce mot de passe se devine : votre nom et les répétitions ne comptent pas.")
            raise ValidationError(message, code="password_guessable")

    def get_help_text(self) -> str:
        """What the page says before."""
        return _("Votre nom, votre identifiant et les caractères répétés ne comptent pas.")


def _names(user: User | None) -> set[str]:
    if user is None:
        return set()
    said = (user.username, user.first_name, user.last_name, user.email.partition("@")[0])
    return {word for text in said for word in _plain(text).replace("-", " ").replace(".", " ").split() if len(word) > 2}


def _plain(text: str) -> str:
    """Without accents nor capitals."""
    return "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))


class LeakedPasswordValidator:
    """Refuses what the list of this machine holds."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ``ValidationError`` in French."""
        if is_breached(password):
            message = _("Ce mot de passe figure dans une liste de mots de passe divulgués : choisissez-en un autre.")
            raise ValidationError(message, code="password_breached")

    def get_help_text(self) -> str:
        """What the page says before."""
        return _("Votre mot de passe ne peut pas figurer dans une liste de mots de passe divulgués.")


class FormerPasswordValidator:
    """Refuses the last ones of the person (``DCC_PASSWORD_HISTORY``); the form refuses the current one."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ``ValidationError`` in French."""
        if user is None or user._state.adding:
            return
        former = FormerPassword.objects.filter(user=user).order_by("-pk")[: settings.DCC_PASSWORD_HISTORY]
        if any(check_password(password, one.password) for one in former):
            raise ValidationError(_("Vous avez déjà eu ce mot de passe : choisissez-en un autre."), code="password_former")

    def get_help_text(self) -> str:
        """What the page says before."""
        count = settings.DCC_PASSWORD_HISTORY
        return ngettext(
            "Votre mot de passe ne peut pas être le précédent.",
            "Votre mot de passe ne peut pas être l'un des %(count)s derniers.",
            count,
        ) % {"count": count}
