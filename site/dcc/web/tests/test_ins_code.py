"""Paper that a page becomes has the datamatrix of a qualified identity (R-146); a CDA, that of its header (R-148)."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.urls import reverse
from PIL import Image
from pylibdmtx.pylibdmtx import decode as libdmtx_decode

from dcc.accounts.models import User
from dcc.contracts.datamatrix import decode_payload
from dcc.patients.models import Patient
from dcc.web.clinical import read_document
from dcc.web.tests.test_reading import document, shown
from tests.fixtures import Visit, kit_dir

INS = ("1.2.250.1.213.1.4.8", "277010115400329")
HEADER = """<recordTarget><patientRole><id root="1.2.3" extension="77"/>{ids}<patient><name>
<family qualifier="BR">GARCIA-HAMMADI</family><given>SARAH-LOU ANNA</given><given qualifier="BR">SARAH-LOU</given>
<family qualifier="CL">LEFEVRE</family></name>
<administrativeGenderCode code="{sex}"/><birthTime value="{born}"/>
<birthplace><place><addr><county>01154</county></addr></place></birthplace></patient></patientRole></recordTarget>"""
OURS = f'<id root="{INS[0]}" extension="{INS[1]}"/>'


def codes_on(page: str) -> list[str]:
    """What the datamatrix codes of a page say, as libdmtx reads their drawing."""
    found = []
    for side, path in re.findall(r'viewBox="0 0 (\d+) \1"[^>]*>\s*<title>[^<]*</title><path d="([^"]+)"', page):
        image = Image.new("L", (int(side), int(side)), 255)
        for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)", path):
            image.paste(0, (int(x), int(y), int(x) + int(length), int(y) + 1))
        drawn = image.resize((int(side) * 6,) * 2, Image.Resampling.NEAREST)
        found += [code.data.decode() for code in libdmtx_decode(drawn, max_count=1)]
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["document", "history", "patient"])
def test_a_page_of_a_qualified_patient(visit: Visit, alice: User, patient_id: UUID, frcp_id: UUID, address: str) -> None:
    page, client = reverse(f"web:{address}", args=[patient_id if address == "patient" else frcp_id]), visit(alice)
    assert codes_on(client.get(page).content.decode()) == [], "only a qualified identity has one (EXI ID 29)"
    Patient.objects.filter(pk=patient_id).update(status="qualifiee", ins_oid=INS[0], ins_matricule=INS[1])
    printed = client.get(page).content.decode()
    (code,) = codes_on(printed)
    read, patient = decode_payload(code), Patient.objects.get(pk=patient_id)
    assert (read.ins.root, read.ins.extension) == INS
    assert (read.birth_name, read.birth_date, read.sex) == (patient.birth_name, patient.birth_date, patient.sex)
    for words in (
        "INS à scanner",
        f"Prénoms de naissance : {patient.given_names}",
        "Code du lieu de naissance : 51215",
        "INS : NIR",
    ):
        assert words in printed, words


@pytest.mark.parametrize(
    ("ids", "sex", "born", "has"),
    [
        (OURS, "F", "19770121", True),
        (OURS, "F", "197701211200+0100", True),
        ("", "F", "19770121", False),
        (OURS + OURS.replace("29", "28"), "F", "19770121", False),
        (OURS, "UN", "19770121", False),
        (OURS, "F", "1977", False),
    ],
    ids=["qualified", "with the hour", "no INS", "two INS", "no sex", "a year only"],
)
def test_the_print_of_a_cda_has_the_ins_of_its_header(ids: str, sex: str, born: str, has: bool) -> None:
    reading = read_document(document("", HEADER.format(ids=ids, sex=sex, born=born)))
    assert bool(reading.heading.payload) is has
    if has:
        read = decode_payload(reading.heading.payload)
        assert (read.ins.extension, read.given_names, read.birth_name) == (INS[1], "SARAH-LOU ANNA", "GARCIA-HAMMADI")
        assert (read.sex, read.birth_date, read.birth_place_code) == ("F", "1977-01-21", "01154")


@pytest.mark.kit
@pytest.mark.parametrize("name", ["CANCER-FRCP_2025.01_Appareil.xml", "CANCER-PPS_2025.01.xml", "VSM_1.4_2022.01.xml"])
def test_the_official_samples(name: str) -> None:
    reading = read_document((kit_dir() / "ExemplesCDA" / name).read_bytes())
    assert decode_payload(reading.heading.payload).ins.extension == "279035121518989"
    assert "INS à scanner" in shown(reading)
