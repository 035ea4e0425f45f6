"""People in the shapes of answers, checked by the schema itself; roles and Wagtail's groups; the directory."""

from __future__ import annotations

import pytest

from dcc.accounts import api
from dcc.accounts.models import Facility, Practitioner, User
from dcc.audit import api as audit


def label(system: str, code: str) -> str:
    return {("1.2.250.1.213.1.1.4.9", "ETABLISSEMENT"): "Établissement de santé"}.get((system, code), "")


ORGANISATION = {
    "name": "Centre hospitalier de Démonstration",
    "id": {"root": "1.2.250.1.71.4.2.2", "extension": "1490000031"},
    "address": {"use": "WP", "house_number": "4", "street": "rue Larrey", "postal_code": "49100", "city": "ANGERS"},
    "telecoms": [{"value": "tel:0241000000", "use": "WP"}],
    "sector": {"code": "ETABLISSEMENT", "system": "1.2.250.1.213.1.1.4.9", "label": "Établissement de santé"},
}


def test_organisation(facility: Facility) -> None:
    assert api.organisation_value(facility, label=label) == ORGANISATION
    assert api.organisation_value(facility)["sector"]["label"] == "ETABLISSEMENT"


def test_organisation_of_which_little_is_known() -> None:
    assert api.organisation_value(Facility(name="Cabinet", sector="")) == {"name": "Cabinet"}


def test_professional(alice: User) -> None:
    assert alice.practitioner is not None
    assert api.professional_value(alice.practitioner, label=label) == {
        "family": "MARTIN",
        "given": "Alice",
        "prefix": "MME",
        "suffix": "DR",
        "id": {"root": "1.2.250.1.71.4.2.1", "extension": "810000000001"},
        "profession": {"code": "G15_10/SM36", "system": "1.2.250.1.213.1.1.4.5", "label": "G15_10/SM36"},
        "telecoms": [{"value": "tel:0241000001", "use": "WP"}],
        "organisation": ORGANISATION,
    }
    assert api.professional_of(alice, label=label) == api.professional_value(alice.practitioner, label=label)


def test_professional_of_which_only_the_name_is_known() -> None:
    assert api.professional_value(Practitioner(family="DURAND")) == {"family": "DURAND"}


def test_an_assistant_is_called_by_the_account(sonia: User, edith: User) -> None:
    assert api.professional_of(sonia, label=label) == {"family": "SIMON", "given": "Sonia", "organisation": ORGANISATION}
    assert api.professional_of(edith) == {"family": "EYMARD", "given": "Édith"}


def test_names(alice: User, sonia: User) -> None:
    assert api.names([alice.pk, sonia.pk]) == {alice.pk: "DR Alice MARTIN", sonia.pk: "Sonia SIMON"}


def test_directory(alice: User, bob: User, charlie: User) -> None:
    assert [str(p) for p in api.practitioners(text="mart al")] == ["DR Alice MARTIN"]
    assert [str(p) for p in api.practitioners(text="810000000003")] == ["DR Charlie CHAUVIN"]
    assert api.practitioners(text="zz") == []
    assert [f.name for f in api.facilities(text="hospitalier angers")] == ["Centre hospitalier de Démonstration"]
    here = Facility.objects.get(finess="490000031")
    assert api.facilities(ids=[here.pk]) == [here]


@pytest.mark.parametrize(
    ("role", "access"), [("editeur", True), ("administrateur", True), ("medecin", False), ("lecteur", False)]
)
def test_roles_open_or_close_the_wagtail_admin(facility: Facility, role: str, access: bool) -> None:
    user = User.objects.create_user("paul")
    place = None if access else facility
    api.grant_role(actor=None, user=user, role=role, facility=place)
    assert User.objects.get(pk=user.pk).has_perm("wagtailadmin.access_admin") is access
    api.revoke_role(actor=None, user=user, role=role, facility=place)
    assert not User.objects.get(pk=user.pk).has_perm("wagtailadmin.access_admin")
    assert [t.action for t in audit.traces(subject=f"user:{user.pk}")] == ["account.role_revoked", "account.role_granted"]


def test_granting_twice_changes_nothing(facility: Facility, alice: User) -> None:
    api.grant_role(actor=alice, user=alice, role="medecin", facility=facility)
    api.revoke_role(actor=alice, user=alice, role="editeur")
    assert alice.memberships.count() == 1
    assert audit.traces(subject=f"user:{alice.pk}") == []


def test_a_clinical_role_needs_a_facility(alice: User) -> None:
    with pytest.raises(ValueError, match="Lecteur"):
        api.grant_role(actor=None, user=alice, role="lecteur")


def test_foreign_groups_are_left_alone(edith: User) -> None:
    from django.contrib.auth.models import Group

    edith.groups.add(Group.objects.create(name="Relecteurs"))
    api.sync_groups(edith)
    assert set(edith.groups.values_list("name", flat=True)) == {"Relecteurs", "Éditeurs DSRC"}
