"""The page that scans: what was read is shown in clear, then enters as a flow; contradictions and bad files change nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dcc.accounts.models import Facility, User
from dcc.contracts.datamatrix import decode_payload
from dcc.patients import api as patients
from dcc.patients.models import Patient
from plugins.ins.datamatrix.flow import first_given_names, header_of, sealed
from plugins.ins.datamatrix.tests.pictures import PAYLOAD, code, sheet, written
from tests.fixtures import sign_in

pytestmark = pytest.mark.django_db
READ = decode_payload(PAYLOAD)


@pytest.fixture
def browser(alice: User) -> Client:
    client = Client()
    sign_in(client, alice)
    return client


def _post(client: Client, **fields: Any) -> Any:
    return client.post(reverse("ins:scan"), fields)


def _seen(response: Any) -> str:
    return str(response.content.decode()).replace("&#x27;", "'").replace("\u00a0", " ")


def test_from_the_scanner_to_the_patient(browser: Client, alice: User) -> None:
    shown = _post(browser, text=PAYLOAD.replace("\x1d", "<GS>") + "\r\n")
    for word in ("GARCIA-HAMMADI", "SARAH-LOU ANNA", "21/01/1977", "Féminin", "2 77 01 01 154 003 29 (NIR)"):
        assert word in _seen(shown)
    assert not Patient.objects.exists(), "nothing enters before a person looked"
    done = _post(browser, receive="1", seal=sealed(PAYLOAD), first_given_name="SARAH-LOU")
    file = patients.open_patient(actor=alice, patient_id=Patient.objects.get().pk)
    assert done["Location"] == reverse("web:patient", args=[file.snapshot.patient_id])
    assert (file.snapshot.traits.first_given_name, file.snapshot.traits.given_names) == ("SARAH-LOU", "SARAH-LOU ANNA")
    assert file.snapshot.traits.birth_place_code == "01154"
    again = _post(browser, receive="1", seal=sealed(PAYLOAD))
    assert again["Location"] == done["Location"]
    assert "Patient reconnu" in _seen(browser.get(again["Location"]))


@pytest.mark.parametrize(
    ("name", "content", "status", "said"),
    [
        ("photo.png", written(code(PAYLOAD)), 200, "GARCIA-HAMMADI"),
        ("photo.jpg", written(sheet([])), 422, "Aucun datamatrix INS trouvé"),
        ("photo.jpg", b"<html>", 422, "ni une image ni un PDF"),
        ("cle.png", written(code(PAYLOAD.replace("329", "330", 1))), 422, "la clé ne correspond pas"),
    ],
)
def test_a_file(browser: Client, name: str, content: bytes, status: int, said: str) -> None:
    response = _post(browser, file=SimpleUploadedFile(name, content))
    assert response.status_code == status
    assert said in _seen(response)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Scanner un code"),
        ({"text": "bonjour"}, "en-tête inconnu"),
        ({"receive": "1"}, "n'est plus valable"),
        ({"receive": "1", "seal": sealed(PAYLOAD)[:-2] + "xx"}, "n'est plus valable"),
        ({"seal": "x:y:z"}, "n'est plus valable"),
    ],
)
def test_what_is_refused_is_said(browser: Client, fields: dict[str, str], said: str) -> None:
    response = _post(browser, **fields)
    assert response.status_code == 422
    assert said in _seen(response)


def test_a_reading_is_good_for_a_quarter_of_an_hour(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    seal = sealed(PAYLOAD)
    monkeypatch.setattr("plugins.ins.datamatrix.flow.MINUTES", -1)
    assert "n'est plus valable" in _seen(_post(browser, receive="1", seal=seal))


def test_a_contradiction_changes_nothing(browser: Client, alice: User, facility: Facility) -> None:
    known = header_of(decode_payload(PAYLOAD.replace("21-01", "22-01")))
    patients.register_from_header(actor=alice, facility_id=facility.pk, header=known)
    response = _post(browser, receive="1", seal=sealed(PAYLOAD))
    assert response.status_code == 409
    assert "date de naissance" in _seen(response)
    assert Patient.objects.get().birth_date == "1977-01-22"


def test_a_picture_of_the_camera(browser: Client) -> None:
    def sent(content: bytes) -> Any:
        return browser.post(reverse("ins:frame"), {"file": SimpleUploadedFile("image.jpg", content)}).json()

    assert sent(written(sheet([]), "JPEG")) == {}
    assert "abîmé" in sent(b"<html>")["said"]
    answer = sent(written(sheet([PAYLOAD]), "JPEG", quality=80))
    assert "GARCIA-HAMMADI" in _seen(_post(browser, seal=answer["seal"]))
    assert browser.post(reverse("ins:frame")).json() == {"said": "Choisir une image ou un PDF."}


def test_who_has_the_page(browser: Client, lea: User) -> None:
    page = browser.get(reverse("ins:scan"))
    assert "camera=(self)" in page["Permissions-Policy"]
    assert "Scanner un INS" in _seen(browser.get(reverse("web:patients")))
    reader = Client()
    sign_in(reader, lea)
    assert reader.get(reverse("ins:scan")).status_code == 403
    assert "Scanner un INS" not in _seen(reader.get(reverse("web:patients")))


def test_the_first_given_name_may_be_compound() -> None:
    compound = decode_payload(PAYLOAD.replace("SARAH-LOU ANNA", "JEAN CLAUDE PIERRE PAUL"))
    assert first_given_names(compound) == ["JEAN", "JEAN CLAUDE", "JEAN CLAUDE PIERRE"]
    assert header_of(compound).traits.first_given_name == "JEAN"
    assert header_of(compound, "JEAN CLAUDE").traits.first_given_name == "JEAN CLAUDE"
    assert header_of(compound, "PAUL").traits.first_given_name == "JEAN"
