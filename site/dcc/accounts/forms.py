"""Forms of the sign-in pages. What they refuse never says which part was wrong."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dcc.accounts.models import User


def _username() -> forms.CharField:
    attributes = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
    return forms.CharField(label=_("Identifiant"), max_length=150, widget=forms.TextInput(attrs=attributes))


def _password(label: Any, autocomplete: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, max_length=128, strip=False, widget=widget)


def _code(label: Any) -> forms.CharField:
    attributes = {"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "none", "autofocus": True}
    return forms.CharField(label=label, max_length=40, widget=forms.TextInput(attrs=attributes))


class LoginForm(forms.Form):
    """First factor."""

    username = _username()
    password = _password(_("Mot de passe"), "current-password")


class CodeForm(forms.Form):
    """Second factor: a code of the authenticator, or a recovery code."""

    code = _code(_("Code à 6 chiffres, ou code de secours"))


class ReloginForm(LoginForm):
    """Both factors at once, in the page that was open; ``user`` is the id of who opened it."""

    code = _code(_("Code à 6 chiffres, ou code de secours"))
    # The page puts the cursor where something is missing.
    code.widget.attrs.pop("autofocus")
    user = forms.UUIDField(required=False, widget=forms.HiddenInput)


class NewPasswordForm(forms.Form):
    """A password chosen twice."""

    password = _password(_("Nouveau mot de passe"), "new-password")
    again = _password(_("Le même, une seconde fois"), "new-password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.rules = password_validators_help_texts()

    def clean(self) -> dict[str, Any]:
        """Both are the same, the password is not the former one, and it fits the rules."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        password, again = data.get("password"), data.get("again")
        if password and again and password != again:
            self.add_error("again", gettext("Les deux mots de passe diffèrent"))
        if password and self.user.check_password(password):
            self.add_error("password", gettext("Choisissez un autre mot de passe que l'actuel"))
        elif password:
            try:
                validate_password(password, self.user)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data


class ChangePasswordForm(NewPasswordForm):
    """A new password for who is signed in: the current one is asked too."""

    current = _password(_("Mot de passe actuel"), "current-password")
    field_order = ("current", "password", "again")
