"""The services of the rooms that hold no patient: what the table is asked, how each is called (see :mod:`.recipes`).

Favourites, lists and texts have tables of their own, each tested cell by cell with people in its room; their lines name it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import uuid4

from django.utils import timezone

from dcc.accounts import api as accounts
from dcc.accounts.calls import api as calls
from dcc.audit import api as audit
from dcc.events import api as events
from dcc.trust import api as trust
from forms_config import api as forms
from forms_config.blocks import api as blocks
from forms_config.bundle import api as bundle
from forms_config.favourites import api as bank
from tests.permissions.recipes import Recipe

SOFTWARE = calls.CallingSoftware()
SHEET = bank.SheetContent("", "fr", "1", date(2027, 1, 1), "", "a.pdf", b"")
FORM = "frcp_standard"
BLOCK = blocks.Reference("absent", 1)


def _left(why: str) -> Recipe:
    return Recipe("left open", lambda _world, _user: None, why)


OF_FAVOURITES = _left("forms_config/favourites/policies.py, cell by cell in its test_policies.py")
OF_CONTENT = _left("forms_config/rights.py, cell by cell in the tests of legal and lists")
BY_CALLER = _left("asked by who has checked: accounts.admit on the page of admissions, or a command on the machine")

EVENTS: Mapping[str, Recipe] = {
    "abandon": Recipe("platform.administer region", lambda w, u: events.abandon(actor=u, delivery_id=uuid4(), reason="x")),
    "deliveries": Recipe("platform.administer region", lambda w, u: events.deliveries(actor=u)),
    "retry": Recipe("platform.administer region", lambda w, u: events.retry(actor=u, delivery_id=uuid4())),
}
FORMS: Mapping[str, Recipe] = {
    "duplicate_form": Recipe("forms.configure region", lambda w, u: forms.duplicate_form(actor=u, key=FORM, title="Copie")),
    "publish_form": Recipe("forms.approve region", lambda w, u: forms.publish_form(actor=u, key=FORM)),
    "save_draft": Recipe(
        "forms.configure region",
        lambda w, u: forms.save_draft(actor=u, key="neuf", document_type="frcp", title="Neuf", draft={}),
    ),
}
BLOCKS: Mapping[str, Recipe] = {
    "change_block": Recipe("forms.configure region", lambda w, u: blocks.change_block(actor=u, key="absent", section={})),
    "create_block": Recipe("forms.configure region", lambda w, u: blocks.create_block(actor=u, document_type="frcp", section={})),
    "receive_block": Recipe(
        "forms.configure region",
        lambda w, u: blocks.receive_block(actor=u, reference=BLOCK, document_type="frcp", content={}),
    ),
}
BUNDLE: Mapping[str, Recipe] = {
    "export_form": Recipe("forms.configure region", lambda w, u: bundle.export_form(actor=u, key=FORM)),
    "import_bundle": Recipe("forms.configure region", lambda w, u: bundle.import_bundle(actor=u, content=b"x")),
    "look_at": Recipe("forms.configure region", lambda w, u: bundle.look_at(actor=u, content=b"x")),
}
FAVOURITES: Mapping[str, Recipe] = {
    **dict.fromkeys(
        (
            "broken", "card", "content_of", "decide_favourite", "edit_favourite", "offers", "proposals", "propose_favourite",
            "receive_favourite", "save_favourite", "shelf", "take_favourite", "to_mend", "withdraw_favourite",
        ),
        OF_FAVOURITES,
    ),
    "review_sheet": Recipe(
        "forms.configure region", lambda w, u: bank.review_sheet(actor=u, sheet_id=uuid4(), review_on=date(2027, 1, 1))
    ),
    "save_sheet": Recipe(
        "forms.configure region", lambda w, u: bank.save_sheet(actor=u, sheet=SHEET)
    ),
    "withdraw_sheet": Recipe("forms.configure region", lambda w, u: bank.withdraw_sheet(actor=u, sheet_id=uuid4())),
}  # fmt: skip
LEGAL = dict.fromkeys(("adapt_text", "draft_text", "proposal", "propose_text", "publish_text"), OF_CONTENT)
TERMINOLOGY = dict.fromkeys(("import_svs_folder", "load_shipped", "name_code", "store"), OF_CONTENT)
_NOW = timezone.now()
_JOURNAL = audit.Filters(_NOW, _NOW)
ACCOUNTS: Mapping[str, Recipe] = {
    "accesses_of": Recipe(
        "journal.read region", lambda w, u: accounts.accesses_of(actor=u, patient_id=w.patient_id, since=_NOW, until=_NOW)
    ),
    "journal_rows": Recipe("journal.read region", lambda w, u: accounts.journal_rows(actor=u, filters=_JOURNAL)),
    "read_journal": Recipe("journal.read region", lambda w, u: accounts.read_journal(actor=u, filters=_JOURNAL)),
    "grant_role": BY_CALLER,
    "revoke_role": BY_CALLER,
    "may": _left("the table itself"),
    "rights": _left("the table itself"),
}
CALLS: Mapping[str, Recipe] = {
    "add_key": Recipe("platform.administer region", lambda w, u: calls.add_key(actor=u, software=SOFTWARE, kid="k", pem="x")),
    "register_software": Recipe(
        "platform.administer region", lambda w, u: calls.register_software(actor=u, code="s", name="S", facility=w.here)
    ),
    "set_active": Recipe("platform.administer region", lambda w, u: calls.set_active(actor=u, software=SOFTWARE, active=False)),
    "withdraw_key": Recipe("platform.administer region", lambda w, u: calls.withdraw_key(actor=u, key=calls.CallingKey())),
}
DIRECTORY: Mapping[str, Recipe] = {"rcps_of": _left("a filter the policies are asked with")}
TRUST: Mapping[str, Recipe] = {
    "accept_terms": _left("of oneself"),
    "clause_status": _left("of oneself, in a situation of one's own"),
    "record_convention": Recipe(
        "conventions.manage region",
        lambda w, u: trust.record_convention(actor=u, facility=w.here, signed_on=date(2026, 1, 1), clause_version="1"),
    ),
}
AUDIT: Mapping[str, Recipe] = {
    "export": _left("a command on the machine"),
    "purge": _left("a scheduled job and a command on the machine"),
    "record": _left("writes what its caller did"),
    "record_list": _left("writes what its caller did"),
}
