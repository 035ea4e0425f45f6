"""Every address outside the admin, tried by every kind of person: the table says what is asked, the policies what must come out.

A line is an address and its method, what is asked (as in :mod:`.recipes`; ``self``: whoever signed in, of himself; ``home``:
whoever has a page of his own), and of what (``file``: the patient's page, which whoever wrote of him opens too). Addresses open
to everybody are in ``tests/contract/test_addresses.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from dcc.accounts.models import User
from dcc.accounts.policies import Action
from dcc.contracts.registry import use_registry
from dcc.contracts.testing import make_registry
from tests.addresses import GROUP, addresses, post_to
from tests.contract.test_addresses import OPEN
from tests.fixtures import sign_in
from tests.permissions.people import KINDS, Kind, counts
from tests.permissions.world import World, make_world, undone

TABLE = """
GET  web:worklist                 home
GET  web:notices                  document.open      somewhere
GET  web:patient_notices          patient.open       file
GET  web:document_notices         document.open      draft
GET  web:help                     self
GET  web:who_receives             self
GET  web:codes                    document.open      somewhere
GET  web:people                   document.open      somewhere
POST web:favourite                document.edit      somewhere
GET  web:patients                 patient.search     somewhere
GET  web:patient_create           patient.create     somewhere
GET  web:import                   document.import    somewhere
GET  web:bank                     document.open      somewhere
GET  web:patient                  patient.open       file
GET  web:identities               patient.merge      somewhere
GET  web:identity                 patient.open       file
POST web:identity                 patient.update     patient
GET  web:identity_traits          patient.update     patient
POST web:identity_traits          patient.update     patient
GET  web:opposition               patient.open       patient
POST web:opposition               patient.update     patient
GET  web:team                     patient.open       file
POST web:team                     patient.open       file
GET  web:glass                    patient.break_glass somewhere
GET  web:glass_review             access.review      somewhere
GET  web:journal                  journal.read       somewhere
GET  web:journal_table            journal.read       somewhere
GET  web:journal_patient          journal.read       somewhere
POST web:journal_patient          journal.read       somewhere
GET  web:frcp_create              document.create    patient
GET  web:document                 document.open      draft
POST web:document                 document.edit      draft
POST web:autosave                 document.edit      draft
POST web:rows                     document.edit      draft
POST web:presence                 document.edit      draft
GET  web:favourite_choose         document.edit      draft
POST web:favourite_choose         document.edit      draft
GET  web:favourite_offers         document.edit      draft
POST web:favourite_insert         document.edit      draft
GET  web:favourite_keep           document.edit      draft
POST web:favourite_keep           document.edit      draft
GET  web:adjudication             document.edit      plan
POST web:adjudication             document.edit      plan
POST web:step:complete            document.complete  draft
POST web:step:cancel              document.cancel    draft
POST web:step:reopen              document.edit      draft
POST web:step:close               document.validate  done
POST web:step:amend               document.edit      plan
POST web:follow                   document.create    fresh
GET  web:validation               document.open      draft
POST web:validation               document.validate  draft
GET  web:entrust                  document.validate  draft
POST web:entrust                  document.validate  draft
GET  web:send                     document.send      draft
POST web:send                     document.send      draft
GET  web:outputs                  document.open      draft
GET  web:transmissions            document.open      draft
GET  web:transmissions_panel      document.open      draft
GET  web:files                    document.open      draft
GET  web:reading                  document.open      draft
GET  web:version                  document.open      done
GET  web:attachments              document.open      draft
POST web:attachments              document.edit      draft
GET  web:attachment               document.open      draft
POST web:attachment_remove        document.edit      draft
POST web:file_answer              document.edit      draft
POST web:sheet_attach             document.edit      draft
POST web:sheet_attach_now         document.edit      draft
GET  web:form_change              document.open      draft
POST web:form_seen                document.open      draft
GET  web:calendar                 document.open      plan
GET  web:care_panel               document.open      plan
GET  web:calendar_file            document.open      plan
GET  web:history                  document.open      draft
GET  accounts:security            self
GET  accounts:change_password     self
GET  accounts:renew_codes         self
GET  accounts:replace_factor      self
GET  accounts:close_sessions      self
GET  accounts:admissions          accounts.admit     somewhere
GET  accounts:psc_step_up         self
GET  accounts:psc_resume          self
GET  accounts:psc_back            self
GET  ins:scan                     patient.create     somewhere
POST ins:scan                     patient.create     somewhere
GET  ins:flows                    platform.administer somewhere
GET  mss:inbound                  platform.administer somewhere
GET  ins:insi                     platform.administer somewhere
GET  annuaire:state               platform.administer somewhere
POST ins:frame                    patient.create     somewhere
GET  dmp:rules                    self
GET  dmp:patient                  patient.open       patient
POST dmp:patient                  patient.update     patient
GET  dmp:remove                   document.send      draft
POST dmp:remove                   document.send      draft
POST dmp:share                    document.send      draft
POST dmp:patient_call             patient.open       patient
GET  dmp:found                    patient.open       file
POST dmp:search                   patient.open       file
GET  dmp:access                   self
GET  dmp:state                    self
POST dmp:open                     self
POST dmp:close                    self
GET  trust:ask                    self
GET  trust:dialog                 self
GET  trust:mine                   self
"""

ELSEWHERE = {
    "mss:inbound_mail": "a mail is needed: plugins/mss/receiving/tests/test_pages.py",
    "dmp:keep": "something found is needed: plugins/dmp/consultation/tests/test_pages.py",
    "ins:flow": "a message is needed: plugins/ins/hl7/tests/test_pages.py",
    "ins:flow_try": "it commits what it receives by itself: plugins/ins/hl7/tests/test_pages.py",
    "web:brand": "of nobody",
    "web:take_back": "an entrusted FRCP is needed: site/dcc/web/tests/test_regions_pages.py",
    "web:late_return": "a return is needed: site/dcc/web/tests/test_regions_pages.py",
    "web:transmission_act": "a transmission is needed: site/dcc/web/tests/test_sending.py",
    "web:bank_favourite": "site/dcc/web/tests/test_access.py: favourites have a table of their own",
    "web:bank_propose": "site/dcc/web/tests/test_access.py",
    "web:bank_withdraw": "site/dcc/web/tests/test_access.py",
    "accounts:admission": "tests/psc/test_admissions.py",
    "web:bank_decide": "site/dcc/web/tests/test_access.py",
    "web:reconciliation": "a question is needed: site/dcc/web/tests/test_reconciliation.py",
    "web:merge": "a second patient is needed: site/dcc/web/tests/test_duplicates.py",
    "web:unmerge": "a merge is needed: site/dcc/web/tests/test_duplicates.py",
    "web:duplicate": "a pair is needed: site/dcc/web/tests/test_duplicates.py",
    "web:journal_accesses": "site/dcc/web/tests/test_journal.py",
    "web:journal_accesses_file": "site/dcc/web/tests/test_journal.py",
    "web:glass_judge": "site/dcc/web/tests/test_glass.py",
    "web:document_create": "a type that a plugin brings is needed: site/dcc/web/tests/test_access.py",
    "web:reading_file": "a received file is needed: test_reading.py",
    "web:download": "a kept file is needed: test_outputs.py",
    "web:preview": "a renderer is needed: test_outputs.py",
    "trust:version": "published terms are needed: site/dcc/trust/tests/test_pages.py",
    "trust:copy": "an acceptance is needed: site/dcc/trust/tests/test_pages.py",
    "trust:export": "asked of two actions of the region: site/dcc/trust/tests/test_pages.py",
    "web:hand_over": "a validated PPS is needed: test_hand_over.py",
}
"""Addresses that another table tries, or that need more than this world has; where."""


AT_HOME = {"medecin", "assistant", "lecteur", "editeur", "administrateur", "responsable"}


@dataclass(frozen=True, slots=True)
class Line:
    """An address as it is tried."""

    method: str
    name: str
    asks: str
    on: str


def lines() -> Iterator[Line]:
    """The table, read."""
    for row in TABLE.strip().splitlines():
        method, name, asks, *on = row.split()
        yield Line(method, name, asks, on[0] if on else "")


def test_every_address_is_in_the_table() -> None:
    names = {name for route, name, _view in addresses() if not route.startswith("admin/")}
    names -= {name for name in names if name.startswith("web:trial")}  # of no patient: dcc/web/tests/test_trial.py
    tried = {line.name if line.name.count(":") == 1 else line.name.rpartition(":")[0] for line in lines()}
    assert names - tried - set(ELSEWHERE) - OPEN == set(), "give each address its line, or say in ELSEWHERE which table tries it"
    assert tried | set(ELSEWHERE) <= names | {"web:brand"}, "no address of that name"


def url(line: Line, world: World) -> str:
    """The address, of the thing of the line."""
    name, _sep, action = line.name.removeprefix("web:").partition(":")
    if line.on in ("patient", "file", "somewhere", ""):
        arguments: list[Any] = [world.patient_id] if line.on in ("patient", "file") else []
    else:
        extra: Mapping[str, list[Any]] = {
            "step": [action],
            "follow": ["pps"],
            "version": [1],
            "attachment": [world.attachment_id],
            "attachment_remove": [world.attachment_id],
        }
        arguments = [world.documents[line.on].id, *extra.get(name, [])]
    full = f"web:{name}" if line.name.startswith("web:") else line.name
    query = "?liste=jdv-tumeur-cisis&q=sein" if name in ("codes", "people") else f"?groupe={GROUP}"
    return reverse(full, args=arguments) + query


def expected(line: Line, kind: Kind, world: World) -> str:
    """``in``, ``refused``, ``unseen`` or ``entrance``."""
    if not kind.active:
        return "entrance"
    if line.asks in ("self", "home"):
        return "in" if line.asks == "self" or {role for role, where in kind.posts if counts(role, where)} & AT_HOME else "refused"
    if line.on == "somewhere":
        return "in" if kind.may_somewhere(line.asks) else "refused"
    if line.on == "file":
        return "in" if kind.may_open_file() else "unseen"
    if line.on == "patient":
        if not kind.may_at(Action.OPEN_PATIENT, "patient"):
            return "unseen"
        return "in" if kind.may_at(line.asks, "patient") else "refused"
    scope = world.documents[line.on].scope
    if kind.may(line.asks, scope):
        return "in"
    return "refused" if kind.may(Action.OPEN_DOCUMENT, scope) else "unseen"


def answered(response: Any) -> str:
    """What an answer means."""
    if response.status_code == 302 and response["Location"].startswith(reverse("accounts:login")):
        return "entrance"
    return {403: "refused", 404: "unseen", 401: "entrance"}.get(response.status_code, "in")


def ask(client: Client, line: Line, world: World) -> str:
    """Try an address; whatever it did is undone."""
    with undone():
        address = url(line, world)
        if line.method == "GET":
            return answered(client.get(address))
        return answered(post_to(client, line.name, address))


def browser(user: User | None) -> Client:
    """A browser in which somebody signed in, or nobody."""
    client = Client()
    if user is not None:
        sign_in(client, user)
    return client


@pytest.mark.django_db
@pytest.mark.parametrize("half", ["GET", "POST"])
def test_addresses(half: str, settings: Any) -> None:
    settings.DCC_RATE_LIMIT_PERCENT = 0
    cache.clear()
    assert list(addresses())  # with those of the plugins: read without plugins, they would stay so for the tests that follow
    with use_registry(make_registry()):
        world = make_world()
        browsers = {name: browser(user) for name, user in world.people.items()}
        nobody = browser(None)
        wrong = []
        for line in (line for line in lines() if line.method == half):
            for person, kind in KINDS.items():
                wanted, found = expected(line, kind, world), ask(browsers[person], line, world)
                if wanted != found:
                    wrong.append(f"{line.method:<4} {line.name:<26} {person:<8} {line.asks:<20} attendu {wanted}, obtenu {found}")
            if line.name != "web:theme" and ask(nobody, line, world) != "entrance":
                wrong.append(f"{line.method:<4} {line.name:<26} personne : obtenu autre chose que l'entrée")
    assert not wrong, "\n" + "\n".join(wrong)
