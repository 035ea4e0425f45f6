"""An INS is scanned at the desk: by a scanner that types, by the camera, from a file; then its patient is open."""

from __future__ import annotations

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect
from pylibdmtx.pylibdmtx import decode as libdmtx_decode

from dcc.accounts.models import User
from dcc.accounts.tests.walk import enrolled
from dcc.contracts.datamatrix import decode_payload
from dcc.contracts.pdfium import opened
from dcc.patients.models import Patient
from plugins.ins.datamatrix.tests.pictures import PAYLOAD, code, written
from tests.journeys.conftest import FLAGS, Sit, needs_browser
from tests.journeys.desk import SHOTS, TOO_WIDE, Desk

READ = decode_payload(PAYLOAD)

pytestmark = needs_browser


@pytest.fixture
def flags(tmp_path: Path) -> list[str]:
    """A camera before which somebody holds the code, a little askew."""
    hand = Image.new("L", (640, 480), 200)
    hand.paste(code(PAYLOAD, 7).rotate(6, expand=True, fillcolor=255), (150, 60))
    film = tmp_path / "film.mjpeg"
    film.write_bytes(written(hand.convert("RGB"), "JPEG", quality=80) * 2)
    capture = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    return [*FLAGS, *capture]


def print_page(desk: Desk, name: str) -> None:
    """Print the page as its reader would; both decoders read the paper, scanned at 300 dpi."""
    Patient.objects.update(status="qualifiee", ins_oid=READ.ins.root, ins_matricule=READ.ins.extension)
    desk.page.reload()
    with opened(desk.page.pdf(format="A4", print_background=False)) as document:
        paper = document[0].render(scale=300 / 72, grayscale=True).to_pil()
    paper.save(SHOTS / f"{name}.png")
    corner = paper.crop((paper.width // 2, 0, paper.width, paper.height // 4))
    assert [bytes(found.bytes) for found in zxingcpp.read_barcodes(paper)] == [PAYLOAD.encode()]
    assert [found.data for found in libdmtx_decode(corner, max_count=1, shrink=2, timeout=60_000)] == [PAYLOAD.encode()]


def test_three_ways_to_the_same_patient(team: dict[str, User], sit: Sit, tmp_path: Path) -> None:
    desk = sit(enrolled(team["alice"]))
    desk.sign_in()
    page = desk.page
    page.get_by_role("link", name="Scanner un INS").first.click()
    expect(page.get_by_label("Avec un lecteur")).to_be_focused()
    page.wait_for_load_state()  # the script of that page reads the keys
    desk.shot("scan")
    for part in PAYLOAD.split("\x1d"):  # as scanners press it: Ctrl and ] for the separator, Enter at the end
        page.keyboard.type(part)
        page.keyboard.press("Enter" if part == PAYLOAD.split("\x1d")[-1] else "Control+BracketRight")
    page.get_by_role("heading", name="Identité scannée").wait_for()
    expect(page.get_by_text("GARCIA-HAMMADI")).to_be_visible()
    desk.shot("scan-identite")
    page.keyboard.press("Enter")
    page.get_by_text("Patient créé d'après son datamatrix").wait_for()
    address = page.url
    print_page(desk, "impression-dossier")

    page.get_by_role("link", name="Scanner un INS").first.click()
    page.get_by_role("button", name="Ouvrir la caméra").click()
    page.get_by_role("heading", name="Identité scannée").wait_for()
    page.get_by_role("button", name="Ouvrir ce patient").click()
    page.get_by_text("Patient reconnu par son datamatrix").wait_for()
    assert page.url == address

    page.get_by_role("link", name="Scanner un INS").first.click()
    page.get_by_label("Sur une photo").set_input_files(
        {"name": "p.png", "mimeType": "image/png", "buffer": written(code(PAYLOAD))}
    )
    page.get_by_role("button", name="Lire le fichier").click()
    page.get_by_role("button", name="Ouvrir ce patient").click()
    page.wait_for_url(address)
    page.get_by_role("link", name="Scanner un INS").first.click()
    page.get_by_label("Avec un lecteur").fill("IS)!)))")
    page.wait_for_load_state()
    page.keyboard.press("Enter")
    page.get_by_role("alert").get_by_text("régler le lecteur sur le clavier français").wait_for()
    desk.shot("scan-refus")
    desk.page.set_viewport_size({"width": 360, "height": 740})
    desk.shot("scan-360")
    assert page.evaluate(TOO_WIDE) == []
