"""Who may do what in the admin: one table, group by model. Accounts put people in these groups when their roles change.

Administrators are given what they need by name, not the superuser flag. Nobody is given clinical data: there is none here.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.models import Group, Permission

EDITORS = "Éditeurs DSRC"
ADMINISTRATORS = "Administrateurs"

_WRITE = ("view", "add", "change", "delete")
TABLE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    #                                   DSRC editors                            administrators
    "wagtailadmin.admin": {EDITORS: ("access",), ADMINISTRATORS: ("access",)},
    "rcp_directory.rcp": {EDITORS: _WRITE, ADMINISTRATORS: _WRITE},
    "rcp_directory.session": {EDITORS: _WRITE, ADMINISTRATORS: _WRITE},
    "rcp_directory.coordinationcentre": {EDITORS: _WRITE, ADMINISTRATORS: _WRITE},
    "rcp_directory.regionalnetwork": {EDITORS: _WRITE, ADMINISTRATORS: _WRITE},
    "rcp_directory.nationalbox": {EDITORS: ("view",), ADMINISTRATORS: _WRITE},
    "accounts.facility": {EDITORS: ("view", "add", "change"), ADMINISTRATORS: ("view", "add", "change")},
    "accounts.practitioner": {EDITORS: ("view", "add"), ADMINISTRATORS: ("view", "add", "change")},
    "forms_config.formdefinition": {
        EDITORS: ("view", "change", "publish", "lock", "unlock"),
        ADMINISTRATORS: ("view", "publish", "lock", "unlock"),  # they approve (dcc.cms.workflows) and write nothing
    },
    "forms_config.formversion": {EDITORS: ("view",), ADMINISTRATORS: ("view",)},
    "bundle.trustedpublisher": {EDITORS: ("view",), ADMINISTRATORS: _WRITE},
    "blocks.block": {EDITORS: ("view",), ADMINISTRATORS: ("view",)},
    "terminology.valueset": {EDITORS: ("view",), ADMINISTRATORS: ("view",)},
    "terminology.valuesetversion": {EDITORS: ("view",), ADMINISTRATORS: ("view",)},
    "favourites.favourite": {EDITORS: ("view",), ADMINISTRATORS: ("view",)},
    "favourites.sideeffectsheet": {EDITORS: ("view",), ADMINISTRATORS: ("view",)},
    "legal.nationaltext": {EDITORS: ("view",), ADMINISTRATORS: ("view", "change", "publish", "lock", "unlock")},
    "legal.adaptedtext": {
        EDITORS: ("view", "add", "change", "publish"),  # publishing is approving what somebody else wrote (dcc.cms.workflows)
        ADMINISTRATORS: ("view", "add", "change", "publish", "lock", "unlock"),
    },
    "legal.legaltextversion": {EDITORS: ("view",), ADMINISTRATORS: ("view",)},
    "trust.termsset": {
        EDITORS: ("view", "add", "change", "publish"),  # as for adapted texts
        ADMINISTRATORS: ("view", "add", "change", "publish", "lock", "unlock"),
    },
    "trust.termsversion": {EDITORS: ("view",), ADMINISTRATORS: ("view",)},
    "trust.convention": {EDITORS: (), ADMINISTRATORS: ("view", "add", "change")},
    "trust.termssettings": {EDITORS: (), ADMINISTRATORS: ("change",)},
    "cms.regionalsettings": {EDITORS: (), ADMINISTRATORS: ("change",)},
}


def ensure_groups() -> dict[str, Group]:
    """Create both groups and give them exactly the permissions of the table on its models; repeatable.

    Permissions that somebody gave on other models stay. Raises ``LookupError`` when a permission is missing: ``migrate`` first.
    """
    groups = {name: Group.objects.get_or_create(name=name)[0] for name in (EDITORS, ADMINISTRATORS)}
    for label, cells in TABLE.items():
        app_label, model = label.split(".")
        there = {
            permission.codename: permission
            for permission in Permission.objects.filter(content_type__app_label=app_label, content_type__model=model)
        }
        for name, actions in cells.items():
            wanted = {f"{action}_{model}" for action in actions}
            if absent := wanted - there.keys():
                raise LookupError(f"Permissions absentes de {label} : {', '.join(sorted(absent))} (lancer d'abord « migrate »)")
            group = groups[name]
            group.permissions.remove(*(permission for code, permission in there.items() if code not in wanted))
            group.permissions.add(*(there[code] for code in wanted))
    return groups
