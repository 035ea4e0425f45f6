"""Giving and taking roles; those that edit in Wagtail get its groups at the same time."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from dcc.accounts.models import Facility, Membership, Role, User
from dcc.accounts.rights import OF_THE_REGION
from dcc.audit import api as audit

GROUPS = {Role.EDITOR: "Éditeurs DSRC", Role.ADMIN: "Administrateurs"}
"""Wagtail groups by role. Other rooms give them their permissions; clinical roles have none and stay out of ``/admin/``."""


@transaction.atomic
def grant_role(*, actor: User | None, user: User, role: Role | str, facility: Facility | None = None) -> Membership:
    """Give ``user`` a role, in a facility for clinical roles; asking again changes nothing.

    Raises ``ValueError`` when a clinical role comes without a facility.
    """
    role = Role(role)
    if role not in OF_THE_REGION and facility is None:
        raise ValueError(f"Le rôle « {role.label} » se donne dans une structure")
    membership, created = Membership.objects.get_or_create(user=user, role=role, facility=facility)
    if created:
        _record(actor, "account.role_granted", user, role, facility)
    sync_groups(user)
    return membership


@transaction.atomic
def service_account(username: str, facility: Facility) -> User:
    """The account under which the platform itself acts in a facility: an assistant whom no password ever signs in."""
    user, created = User.objects.get_or_create(username=username, defaults={"last_name": f"Service {facility}"[:150]})
    if created:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    grant_role(actor=None, user=user, role=Role.ASSISTANT, facility=facility)
    return user


@transaction.atomic
def revoke_role(*, actor: User | None, user: User, role: Role | str, facility: Facility | None = None) -> None:
    """Take a role away; taking what is not there changes nothing."""
    role = Role(role)
    deleted, _ = Membership.objects.filter(user=user, role=role, facility=facility).delete()
    if deleted:
        _record(actor, "account.role_revoked", user, role, facility)
    sync_groups(user)


def sync_groups(user: User) -> None:
    """Bring the Wagtail groups of ``user`` in line with the roles of the region; groups that are not ours stay as they are."""
    held = set(user.memberships.filter(facility=None).values_list("role", flat=True))
    for role, name in GROUPS.items():
        group = _group(name)
        if role in held:
            user.groups.add(group)
        else:
            user.groups.remove(group)


def _group(name: str) -> Group:
    group, created = Group.objects.get_or_create(name=name)
    access = Permission.objects.filter(codename="access_admin", content_type__app_label="wagtailadmin").first()
    if access and (created or not group.permissions.filter(pk=access.pk).exists()):
        group.permissions.add(access)
    return group


def _record(actor: User | None, action: str, user: User, role: Role, facility: Facility | None) -> None:
    audit.record(
        actor=actor, action=action, subject=f"user:{user.pk}", role=role.value, facility_id=facility.pk if facility else None
    )
