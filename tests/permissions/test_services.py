"""Every service of a door that takes an actor, tried by every kind of person; the table of policies says what must come out."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied

from dcc.accounts import api as accounts
from dcc.accounts.calls import api as calls
from dcc.accounts.models import User
from dcc.accounts.policies import Action
from dcc.audit import api as audit
from dcc.documents import api as documents
from dcc.events import api as events
from dcc.exchange import api as exchange
from dcc.patients import api as patients
from dcc.patients.merging import api as merging
from dcc.trust import api as trust
from forms_config import api as forms
from forms_config.blocks import api as blocks
from forms_config.bundle import api as bundle
from forms_config.favourites import api as bank
from forms_config.legal import api as legal
from forms_config.terminology import api as terminology
from rcp_directory import api as directory
from tests.permissions import recipes_configuration as configuration
from tests.permissions.people import HERE, KINDS, REGION, Kind
from tests.permissions.recipes import DOCUMENTS, EXCHANGE, NO_ACTOR, PATIENTS, Recipe
from tests.permissions.recipes_merging import MERGING
from tests.permissions.world import World, further, make_world, undone
from tests.proofs.recorder import Proof

ROOMS: Mapping[ModuleType, Mapping[str, Recipe]] = {
    documents: DOCUMENTS,
    patients: PATIENTS,
    merging: MERGING,
    exchange: EXCHANGE,
    events: configuration.EVENTS,
    forms: configuration.FORMS,
    blocks: configuration.BLOCKS,
    bundle: configuration.BUNDLE,
    bank: configuration.FAVOURITES,
    legal: configuration.LEGAL,
    terminology: configuration.TERMINOLOGY,
    directory: configuration.DIRECTORY,
    accounts: configuration.ACCOUNTS,
    calls: configuration.CALLS,
    audit: configuration.AUDIT,
    trust: configuration.TRUST,
}
"""Every door with services."""
WITHOUT_ACTOR = {"dcc.cms.api", "dcc.security.api"}
"""Doors none of whose functions asks who acts: set-up and branding; marks on views."""
ROOT = Path(settings.BASE_DIR)
UNSEEN = (documents.DocumentNotFound, patients.UnknownPatient)
REFUSED = (documents.ActionForbidden, PermissionDenied)


def doors() -> set[str]:
    """The doors of the whole code, those of plugins aside: they are clients."""
    return {
        str(path.relative_to(base)).removesuffix(".py").replace("/", ".")
        for base in (ROOT, ROOT / "site")
        for path in base.glob("*/**/api.py")
        if base != ROOT or path.parts[len(ROOT.parts)] in ("forms_config", "rcp_directory")
    }


def test_every_door_is_here() -> None:
    assert doors() - {room.__name__ for room in ROOMS} == set(WITHOUT_ACTOR), "a door joins ROOMS, with a line for each service"


def services(room: ModuleType) -> Iterator[str]:
    """The functions of a door that ask who acts."""
    for name in room.__all__:
        function = getattr(room, name)
        if inspect.isfunction(function) and "actor" in inspect.signature(function).parameters:
            yield name


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__)
def test_every_service_has_its_line(room: ModuleType) -> None:
    found, lines = set(services(room)), set(ROOMS[room])
    assert found == lines, f"{room.__name__}: give each service its line in tests/permissions/recipes.py"
    assert {name for name, recipe in ROOMS[room].items() if recipe.asks == "left open" and not recipe.why} == set()


@pytest.mark.parametrize("room", [documents, patients, merging, exchange], ids=lambda room: room.__name__)
def test_what_asks_nobody_says_why(room: ModuleType) -> None:
    functions = {name for name in room.__all__ if inspect.isfunction(getattr(room, name))}
    assert functions - set(services(room)) == set(NO_ACTOR[room.__name__]), "give it an actor, or a line in recipes.NO_ACTOR"


def expected(recipe: Recipe, kind: Kind, world: World, *, masked: bool = False) -> str:
    """``in``, ``refused`` or ``unseen``, by the table alone."""
    *words, on = recipe.asks.split()
    action = Action(words[-1])
    if on not in world.documents:
        return "in" if kind.may_at(action, on, masked=masked) else "refused"
    scope = world.documents[on].scope
    if kind.may(action, scope, masked=masked):
        return "in"
    return "refused" if kind.may(Action.OPEN_DOCUMENT, scope, masked=masked) and words[0] != "seen" else "unseen"


def outcome(recipe: Recipe, world: World, user: User) -> str:
    """What the service did with this person. An error that comes after the rights (a state, a missing file) means « in »."""
    with undone():
        try:
            answer = recipe.call(world, user)
        except UNSEEN:
            return "unseen" if recipe.asks.split()[-1] in world.documents else "refused"
        except REFUSED:
            return "refused"
        except (TypeError, AttributeError, NameError):
            raise  # a recipe that is wrong lets nobody in
        except Exception:  # noqa: BLE001  (whatever else a service says, it let the person in)
            return "in"
    if recipe.asks.startswith("seen"):
        return "in" if answer else "unseen" if recipe.asks.split()[-1] in world.documents else "refused"
    return "refused" if recipe.asks.startswith("answers") and not answer else "in"


def compare(world: World, lines: Iterable[tuple[str, Recipe]], *, masked: bool = False) -> tuple[int, list[str]]:
    """Every person at every line: how many were tried, and what came out otherwise than the table says."""
    wrong, tried = [], 0
    for name, recipe in lines:
        for person, kind in KINDS.items():
            wanted, found = expected(recipe, kind, world, masked=masked), outcome(recipe, world, world.people[person])
            tried += 1
            if wanted != found:
                wrong.append(f"{name:<22} {person:<8} {recipe.asks:<32} attendu {wanted}, obtenu {found}")
    return tried, wrong


def asked() -> list[tuple[str, Recipe]]:
    """The services of which the table decides."""
    return [line for recipes in ROOMS.values() for line in recipes.items() if line[1].asks != "left open"]


@pytest.mark.django_db
@pytest.mark.parametrize("masked", [False, True], ids=["plain", "masked"])
def test_services(masked: bool) -> None:
    """Of a masked patient only what is asked of him and of his documents: his facility and the RCP no longer count."""
    world = make_world()
    if masked:
        patients.mask_patient(actor=world.people["tom"], patient_id=world.patient_id, words="Soignant de l'établissement")
    lines = [line for line in asked() if not (masked and line[1].asks.split()[-1] in (HERE, REGION))]
    tried, wrong = compare(world, lines, masked=masked)
    assert not wrong, "\n" + "\n".join(wrong)
    assert tried > 40 * len(KINDS)


OF_ONE_KIND = {
    *("amend_document", "create_following", "unfollowed", "unfollowed_count", "worklist", "documents_of"),
    *("add_attachment", "answer_with_file", "attachment_content", "remove_attachment"),
}
"""Services that only some documents have, lists that leave statuses out, and files: an ended document refuses them to all."""


@pytest.mark.prove
@pytest.mark.django_db
def test_services_of_every_status(proof: Proof) -> None:
    """Each service on a document, tried on one of each type and status, of a plain and of a masked patient."""
    world = make_world()
    things = [*world.documents.values(), *further(world)]
    lines = [line for line in asked() if line[1].asks.split()[-1] in world.documents and line[0] not in OF_ONE_KIND]
    tried, wrong = 0, list[str]()
    for masked in (False, True):
        if masked:
            patients.mask_patient(actor=world.people["tom"], patient_id=world.patient_id, words="Soignant de l'établissement")
        for thing in things:
            of_this = replace(world, documents=dict.fromkeys(world.documents, thing))
            more, found = compare(of_this, lines, masked=masked)
            tried, wrong = tried + more, wrong + [f"{thing.scope} {line}" for line in found]
    assert not wrong, "\n" + "\n".join(wrong)
    proof.record(
        issue=5,
        title="Table des droits : chaque service, chaque type et statut de document, chaque personne",
        figures={
            "services sur un document": len(lines),
            "documents (type et statut)": len({thing.scope for thing in things}),
            "sortes de personnes": len(KINDS),
            "essais, patient non masqué puis masqué": tried,
            "réponses autres que celle de la table": len(wrong),
        },
    )
