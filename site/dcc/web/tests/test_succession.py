"""From a validated FRCP to its PPS and its versions, in pages (R-049, R-056, R-066, R-070)."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from dcc.accounts.models import User
from dcc.contracts.snapshots import IdentityTraits
from dcc.documents import api as documents
from dcc.documents.api import Change
from dcc.patients import api as patients
from dcc.web.tests.browsing import tree_of
from dcc.web.tests.test_worklist import listed
from forms_config.api import PublishedForm
from forms_config.terminology import api as terminology
from tests.fixtures import Visit, make_facility, make_user, validate

pytestmark = pytest.mark.django_db


def page(name: str, document_id: UUID) -> str:
    """An address of a document."""
    return reverse(f"web:{name}", args=[document_id])


def offers(client: Client, url: str) -> set[str]:
    """Addresses of the buttons that start a PPS on a page."""
    return {action for action in tree_of(client.get(url).content.decode()).xpath("//form/@action") if "/suite/" in action}


def test_a_validated_frcp_offers_its_pps_everywhere(
    visit: Visit, alice: User, patient_id: UUID, validated_frcp_id: UUID, pps_form: PublishedForm
) -> None:
    client, wanted = visit(alice), {reverse("web:follow", args=[validated_frcp_id, "pps"])}
    places = [page("document", validated_frcp_id), page("outputs", validated_frcp_id), reverse("web:patient", args=[patient_id])]
    for url in (*places, f"{reverse('web:worklist')}?statut=pps-a-creer"):
        assert offers(client, url) == wanted, url
    answer = client.post(wanted.pop())
    made = documents.documents_of(alice, patient_id)[-1].document_id
    assert answer.headers["Location"] in {page("adjudication", made), page("document", made)}
    for url in places:
        assert offers(client, url) == set()
        assert page("document", made) in client.get(url).content.decode(), url
    shown = client.get(page("document", made)).content.decode()
    assert page("document", validated_frcp_id) in shown
    assert "RCP du" in shown


def test_a_reader_is_shown_the_pps_and_offered_none(
    visit: Visit, lea: User, alice: User, validated_frcp_id: UUID, pps_form: PublishedForm
) -> None:
    assert offers(visit(lea), page("document", validated_frcp_id)) == set()
    made = documents.create_following(actor=alice, reference_id=validated_frcp_id)
    assert page("document", made) in visit(lea).get(page("document", validated_frcp_id)).content.decode()


def test_a_running_frcp_offers_none(visit: Visit, alice: User, frcp_id: UUID) -> None:
    assert offers(visit(alice), page("document", frcp_id)) == set()
    refused = visit(alice).post(reverse("web:follow", args=[frcp_id, "pps"]), follow=True)
    assert "celui-ci ne l’est pas" in refused.content.decode().replace("'", "’").replace("&#x27;", "’")
    assert visit(alice).post(reverse("web:follow", args=[frcp_id, "frcp"])).status_code == 404


def test_a_second_pps_leads_to_the_first(visit: Visit, bob: User, validated_frcp_id: UUID, pps_id: UUID) -> None:
    answer = visit(bob).post(reverse("web:follow", args=[validated_frcp_id, "pps"]), follow=True)
    assert answer.redirect_chain[-1][0] == page("document", pps_id)
    assert "existe déjà" in answer.content.decode()


def test_frcp_that_wait_for_their_pps_are_listed(
    visit: Visit, alice: User, bob: User, validated_frcp_id: UUID, pps_form: PublishedForm
) -> None:
    url = f"{reverse('web:worklist')}?statut=pps-a-creer"
    assert listed(visit(alice).get(url).content) == [page("document", validated_frcp_id)]
    assert listed(visit(alice).get(url, {"statut": "pps-a-creer", "q": "NOBODY"}).content) == []
    made = documents.create_following(actor=alice, reference_id=validated_frcp_id)
    assert listed(visit(alice).get(url).content) == []
    documents.cancel_document(actor=alice, document_id=made)
    assert listed(visit(alice).get(url).content) == [page("document", validated_frcp_id)]


def test_those_of_another_facility_are_not(visit: Visit, alice: User, validated_frcp_id: UUID, configuration: None) -> None:
    elsewhere = make_facility("Ailleurs", "750000001")
    dora = make_user("dora", "medecin", elsewhere, family="DUBOIS", given="Dora", national_id="810000000009")
    traits = IdentityTraits("AUTRE", "CLAUDE", "CLAUDE", "F", "1961-02-03", "49007", "ANGERS")
    patient_id = patients.create_patient(actor=dora, facility_id=elsewhere.pk, traits=traits)
    own = documents.create_document(actor=dora, patient_id=patient_id, facility_id=elsewhere.pk, document_type="frcp")
    validate(dora, dora, own)
    url = f"{reverse('web:worklist')}?statut=pps-a-creer"
    assert listed(visit(dora).get(url).content) == [page("document", own)]
    assert listed(visit(alice).get(url).content) == [page("document", validated_frcp_id)]


def test_bringing_a_pps_up_to_date(visit: Visit, alice: User, bob: User, patient_id: UUID, pps_id: UUID) -> None:
    documents.save_answers(actor=alice, document_id=pps_id, changes=[Change("pps.patient.commentaire", "Préfère le matin.", 0)])
    validate(alice, bob, pps_id)
    client = visit(alice)
    client.post(reverse("web:step", args=[pps_id, "amend"]))
    revision = documents.open_document(alice, pps_id).revision
    changes = [Change("pps.patient.commentaire", "Préfère le soir.", revision)]
    documents.save_answers(actor=alice, document_id=pps_id, changes=changes)
    former = reverse("web:version", args=[pps_id, 1])
    writing = client.get(page("document", pps_id)).content.decode()
    assert former in writing
    assert "version\xa01" in writing or "version 1" in writing
    read = client.get(former).content.decode()
    assert "Préfère le matin." in read
    assert "Préfère le soir." not in read
    for url in (reverse("web:worklist"), f"{reverse('web:worklist')}?statut=valide", reverse("web:patient", args=[patient_id])):
        assert "1 en vigueur" in client.get(url).content.decode().replace("\xa0", " "), url
    gaps = client.get(page("validation", pps_id)).content.decode()
    assert "Motif de mise à jour" in gaps
    assert f"{page('history', pps_id)}?version=1" in gaps
    confirm = client.post(reverse("web:step", args=[pps_id, "cancel"])).content.decode()
    assert "reste en vigueur" in confirm
    client.post(reverse("web:step", args=[pps_id, "cancel"]), {"confirmed": "on"})
    assert documents.open_document(alice, pps_id).line.version == 1


def test_what_changed_since_a_version(visit: Visit, alice: User, bob: User, pps_id: UUID) -> None:
    documents.save_answers(actor=alice, document_id=pps_id, changes=[Change("pps.patient.commentaire", "Préfère le matin.", 0)])
    validate(alice, bob, pps_id)
    documents.amend_document(actor=alice, document_id=pps_id)
    change = Change("pps.statut.motif", terminology.concepts("jdv-motif-mise-a-jour-cisis")[0].value, 0)
    documents.save_answers(actor=alice, document_id=pps_id, changes=[change])
    compared = visit(alice).get(f"{page('history', pps_id)}?version=1").content.decode()
    assert tree_of(compared).xpath("//section[@aria-labelledby='h-comparer']//tbody//th")[0].text == "Motif de mise à jour"
    assert "Préfère le matin." not in compared.partition("h-historique")[0]


def test_noting_the_hand_over(visit: Visit, alice: User, bob: User, pps_id: UUID) -> None:
    documents.save_answers(actor=alice, document_id=pps_id, changes=[Change("pps.statut.remise", {"null": "UNK"}, 0)])
    validate(alice, bob, pps_id)
    client, url = visit(alice), page("hand_over", pps_id)
    assert url in client.get(page("document", pps_id)).content.decode()
    form = tree_of(client.get(url).content.decode()).xpath("//form[.//input[@name='on']]")[0]
    names = form.xpath(".//input[@name='by']/@value")
    wrong = client.post(url, {"on": "demain", "by": names[0]})
    assert wrong.status_code == 422
    assert "Donnez la date" in wrong.content.decode()
    done = client.post(url, {"on": form.xpath(".//input[@name='on']/@value")[0], "by": names[0]}, follow=True).content.decode()
    assert "remise au patient le" in done
    assert names[0] in done
