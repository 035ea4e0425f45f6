"""A DSRC editor changes lists and texts: a list is imported after its report, a code named, a text shown with its effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from dcc.accounts.tests.walk import code_of, enrolled, forgive
from dcc.cms.api import set_up_configuration
from forms_config.legal.api import draft_text, publish_text
from forms_config.legal.models import AdaptedText, NationalText
from forms_config.terminology import words
from forms_config.terminology.api import concepts
from forms_config.terminology.models import ValueSet
from tests.fixtures import make_facility, make_user
from tests.journeys.conftest import Sit, needs_browser

if TYPE_CHECKING:
    from dcc.accounts.models import User

pytestmark = needs_browser
SIDES = "code;libelle;synonymes\nSD;Sein droit;mamelle droite\nSG;Sein gauche;\nSB;Les deux seins;bilatéral\n"


@pytest.fixture
def adrien(transactional_db: None) -> User:
    """An administrator with an authenticator, on a platform that was set up."""
    list(set_up_configuration())
    return enrolled(make_user("adrien", "administrateur", None, family="AUBERT", given="Adrien"))


def test_lists_and_texts_in_the_admin(adrien: User, sit: Sit) -> None:
    desk = sit(adrien, height=1100)
    page = desk.page
    forgive(adrien)
    desk.give_password()
    page.get_by_label("Code à 6 chiffres").fill(code_of(adrien))
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(lambda url: "/compte/connexion/" not in url)

    page.goto(reverse("lists:import"))
    page.get_by_label("Fichier").set_input_files({"name": "cotes-du-sein.csv", "mimeType": "text/csv", "buffer": SIDES.encode()})
    page.get_by_label("Titre").fill("Côté de la tumeur du sein")
    page.get_by_label("Raison d'être").fill("Côté de la tumeur pour la RCP de sénologie")
    desk.shot("listes-import")
    page.get_by_role("button", name="Voir le rapport").click()
    page.get_by_text("Liste nouvelle").wait_for()
    desk.shot("listes-rapport", full_page=True)
    page.get_by_role("button", name="Importer", exact=True).click()
    page.get_by_text("Listes importées").wait_for()
    assert [concept.code for concept in concepts("cotes-du-sein")] == ["SD", "SG", "SB"]

    tumours = ValueSet.objects.get(name="jdv-tumeur-cisis")
    page.goto(reverse("wagtailsnippets_terminology_valueset:inspect", args=[tumours.pk]) + "?q=C50.2")
    page.get_by_role("link", name="Nommer C50.2").click()
    page.get_by_label("Libellé préféré").fill("QSI du sein")
    page.get_by_label("Synonymes").fill("quadrant supéro-interne")
    desk.shot("listes-nommer")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.get_by_text("c'est enregistré").wait_for()
    desk.shot("listes-fiche")
    words.forget()

    facility = make_facility()
    draft_text(actor=None, facility_id=facility.pk, body="Votre établissement utilise vos données pour vous soigner.")
    publish_text(actor=None, facility_id=facility.pk)
    draft_text(actor=None, facility_id=None, body="Les établissements de notre région collectent des données sur votre santé.")
    page.goto(reverse("wagtailsnippets_legal_adaptedtext:edit", args=[AdaptedText.objects.get(facility=None).pk]))
    desk.shot("textes-modifier")
    page.get_by_role("link", name="Voir les effets du brouillon").click()
    page.get_by_role("heading", name="Mots changés").wait_for()
    desk.shot("textes-effets", full_page=True)
    page.goto(reverse("texts:effects", args=["national", NationalText.objects.get(number=1).pk]))
    page.get_by_text("plus ancien que le texte national").first.wait_for()
    desk.close()
