"""The policy of identities in the admin: what a region may change of it, who did, and the table that the platform follows.

No identity is shown here. What may be chosen, and what is refused, is told by the patients room.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLResolver, include, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.menu import MenuItem

from dcc.accounts import api as accounts
from dcc.accounts.api import Action
from dcc.accounts.viewing import AdminPage
from dcc.patients import api as patients

STATUS: Mapping[str, Any] = {
    "provisoire": gettext_lazy("provisoire"),
    "recuperee": gettext_lazy("récupérée"),
    "validee": gettext_lazy("validée"),
    "qualifiee": gettext_lazy("qualifiée"),
}
RUNGS: Mapping[str, Any] = {
    "each_given_name": gettext_lazy("chaque prénom, l'un après l'autre, sans lieu de naissance"),
    "all_given_names": gettext_lazy("la liste entière des prénoms, sans lieu de naissance"),
    "with_place": gettext_lazy("la même recherche avec le lieu de naissance"),
}
SWITCHES: Mapping[str, Any] = {
    "call_before_reconciling": gettext_lazy("Interroger INSi avant un rapprochement, pour éclairer qui décide"),
    "third_party_for_checked": gettext_lazy("« Tiers de confiance » aussi pour une identité reçue validée sans son justificatif"),
    "take_equal_traits": gettext_lazy("Reprendre sans question des traits rendus par INSi tous égaux à ceux d'ici"),
    "convention_covers_flows": gettext_lazy("La convention de l'établissement vaut clause pour ce que ses machines envoient"),
}
LEVELS: Mapping[str, Any] = {
    "eleve": gettext_lazy("haute confiance"),
    "condition": gettext_lazy("haute confiance sous condition"),
    "faible": gettext_lazy("ne suffit pas"),
    "retire": gettext_lazy("non proposé"),
}
THIRD_PARTY: Mapping[str, Any] = {
    "oui": gettext_lazy("si justificatif non dit"),
    "region": gettext_lazy("selon la région"),
    "-": "",
}


class PolicyForm(forms.Form):
    """What a region may change; a field is named as the policy names it."""

    number = forms.IntegerField(widget=forms.HiddenInput)
    ask_again_hours = forms.IntegerField(
        label=gettext_lazy("Après « aucune » ou « plusieurs », reposer la question après (heures)")
    )
    asks = forms.IntegerField(label=gettext_lazy("Nombre de fois où la question est reposée d'elle-même"))
    reason = forms.CharField(label=gettext_lazy("Motif de ce changement"), max_length=200, widget=forms.TextInput)

    def __init__(self, edition: patients.PolicyEdition, data: Any = None) -> None:
        super().__init__(data, initial=_initial(edition))
        for name, words in SWITCHES.items():
            self.fields[name] = forms.BooleanField(label=words, required=False)
        for place in range(1, len(RUNGS) + 1):
            choices = [("", _("(rien)")), *RUNGS.items()]
            self.fields[f"rung_{place}"] = forms.ChoiceField(
                label=_("Étape %(n)s") % {"n": place}, choices=choices, required=False
            )
        for aimed, allowed in patients.LOWER.items():
            for code in ("01", "02"):
                choices = [(status.name, STATUS[status.value]) for status in allowed]
                label = _("%(status)s, retour %(code)s") % {"status": STATUS[aimed.value], "code": code}
                self.fields[f"down_{aimed.name}_{code}"] = forms.ChoiceField(label=label, choices=choices)
        for kind in _settable():
            self.fields[f"proof_{kind.code}"] = forms.ChoiceField(label=kind.words, choices=list(LEVELS.items()))

    def policy_data(self) -> dict[str, Any]:
        """What was chosen, as the policy reads it."""
        chosen = self.cleaned_data
        return {
            **{name: chosen[name] for name in (*SWITCHES, "ask_again_hours", "asks")},
            "rungs": [chosen[f"rung_{n}"] for n in range(1, len(RUNGS) + 1) if chosen[f"rung_{n}"]],
            "downgrades": {
                aimed.name: {code: chosen[f"down_{aimed.name}_{code}"] for code in ("01", "02")} for aimed in patients.LOWER
            },
            "proofs": {
                kind.code: chosen[f"proof_{kind.code}"] for kind in _settable() if chosen[f"proof_{kind.code}"] != kind.level
            },
        }

    def refuse(self, errors: Mapping[str, str]) -> None:
        """Put what the patients room refuses at its field, or above the form."""
        for name, message in errors.items():
            self.add_error(name if name in self.fields else None, message)

    def downgrades(self) -> list[Any]:
        """The fields of what an identity becomes without an answer."""
        return [self[name] for name in self.fields if name.startswith("down_")]

    def rungs(self) -> list[Any]:
        """The fields of the order of calls."""
        return [self[name] for name in self.fields if name.startswith("rung_")]

    def switches(self) -> list[Any]:
        """The options."""
        return [self[name] for name in SWITCHES]

    def proofs(self) -> list[tuple[str, Any]]:
        """The justificatifs, each with its code."""
        return [(kind.code, self[f"proof_{kind.code}"]) for kind in _settable()]


def _settable() -> Sequence[patients.ProofKind]:
    """The kinds whose level a region sets: « tiers de confiance » is none of them."""
    return [kind for kind in patients.PROOFS.values() if kind.code != "TC"]


def _initial(edition: patients.PolicyEdition) -> dict[str, Any]:
    policy = edition.policy
    found: dict[str, Any] = {name: getattr(policy, name) for name in (*SWITCHES, "ask_again_hours", "asks")}
    found |= {f"rung_{n}": rung for n, rung in enumerate(policy.rungs, start=1)}
    found |= {f"down_{a.name}_{code}": to.name for a, row in policy.downgrades.items() for code, to in row.items()}
    found |= {f"proof_{kind.code}": policy.proofs.get(kind.code, kind.level) for kind in _settable()}
    return {**found, "number": edition.number}


class IdentityPolicyPage(AdminPage):
    """The policy in force, to be changed with a reason; its history; the decision table as it applies."""

    template_name = "cms/identity_policy.html"
    page_title = gettext_lazy("Politique d'identité")
    header_icon = "user"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not accounts.may(self.actor, Action.CONFIGURE_IDENTITY):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Put it in force, or show again what was chosen with what is refused."""
        form = PolicyForm(patients.policy_edition(), request.POST)
        if form.is_valid():
            number = form.cleaned_data["number"]
            try:
                patients.change_policy(
                    actor=self.actor, expected_number=number, data=form.policy_data(), reason=form.cleaned_data["reason"]
                )
            except patients.BadPolicy as error:
                form.refuse(error.fields)
            except patients.StaleIdentity:
                form.refuse({"": _("La politique a été changée entre-temps : relisez-la ci-dessous, puis recommencez")})
            else:
                messages.success(request, _("Politique d'identité en vigueur"))
                return redirect("identity_policy:policy")
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        edition, history = patients.policy_edition(), patients.policy_history()
        names = accounts.names({one.actor_id for one in history if one.actor_id})
        return {
            **context,
            "form": kwargs.get("form") or PolicyForm(edition),
            "edition": edition,
            "history": [(one, names.get(one.actor_id, "") if one.actor_id else "") for one in history],
            "lines": [_line(line, edition.policy) for line in patients.DECISION_LINES],
        }


def _line(line: Any, policy: patients.Policy) -> Sequence[Any]:
    """A line of the decision table in the words of its columns, with this policy."""
    before = STATUS[line.before.value] if line.before else _("inchangé")
    lowered = [STATUS[policy.lowered(line.claimed, code).value] if line.claimed else "" for code in ("01", "02")]
    return [
        line.case,
        _("présente") if line.clause else _("absente"),
        line.source,
        line.received,
        f"{line.match}, {line.answer}" if line.answer else line.match,
        line.local,
        before,
        _("oui") if line.call else _("non"),
        STATUS[line.found.value] if line.found else "",
        *lowered,
        THIRD_PARTY[line.third_party],
    ]


class PolicyMenuItem(MenuItem):  # type: ignore[misc]  # Wagtail ships no types
    """The way to the page, for who may change it."""

    def is_shown(self, request: HttpRequest) -> bool:
        return isinstance(request.user, accounts.User) and accounts.may(request.user, Action.CONFIGURE_IDENTITY)


def menu_item() -> MenuItem:
    """In the menu of the admin."""
    return PolicyMenuItem(
        gettext_lazy("Identités"), reverse("identity_policy:policy"), icon_name="user", name="identites", order=170
    )


def admin_urls() -> list[URLResolver]:
    """Under ``/admin/identites/``."""
    return [path("identites/", include(([path("", IdentityPolicyPage.as_view(), name="policy")], "identity_policy")))]
