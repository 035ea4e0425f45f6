"""Every allowed cell of figure 10 as the mail that leaves: unzipped, its names, types, hashes, formats and headers checked.

What is refused (R-160...R-168), and what the core sends when, is tried where the core is; here is what the recipient opens.
"""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache
from typing import Literal, get_args
from uuid import UUID

import pytest
from lxml import etree

from dcc.contracts import xds
from dcc.contracts.snapshots import Artifact, DocumentSnapshot, InstanceId, Package, Recipient
from dcc.exchange import api as exchange
from dcc.exchange.api import all_cells
from dcc.exchange.transmissions.policy import FIGURE_10, Cell, DocumentStatus, IdentityStatus, Key
from plugins.cda.api import CdaRenderer
from plugins.cda.tests.documents import MOMENT, PDF, QUALIFIED, answers_of, make_document, make_pps, pps_answers_of
from plugins.mss import xdm
from plugins.mss.apps import MssSettings
from plugins.mss.mail.composing import compose, wire_of
from tests.fixtures import reference_dir
from tests.proofs.recorder import Proof

KEY = UUID("5d3a5f0e-7f6b-4f3e-9a43-0d5ad3f7a001")
SETTINGS = MssSettings(
    smtp_host="localhost",
    address="dcc@dcc-region.mssante.fr",
    name="DCC Région",
    nil="DEVnnnnnn",
    structure_name="DSRC de Démonstration",
    structure_id="1490000031",
)
ADDRESSES = {
    "dcc": "rcp.nationale@dcc-autre.mssante.fr",
    "ps": "charles.muller@test.mssante.fr",
    "pdc": "pdc@inca.mssante.fr",
    "patient": "279035121518989@patient.mssante.fr",
}
TYPES = {"frcp": ("34794-8", "urn:asip:ci-sis:frcp:2011"), "pps": ("18776-5", "urn:asip:ci-sis:pps-cancer:2017")}
LAYOUT = ["INDEX.HTM", "README.TXT", "IHE_XDM/", "IHE_XDM/SUBSET01/"]
LAYOUT += [f"IHE_XDM/SUBSET01/{name}" for name in ("DOC0001.XML", "DOC0002.XML", "METADATA.XML")]
LOCAL = QUALIFIED.identifiers[0]
ALLOWED: Mapping[Key, Cell] = {key: cell for key, cell in all_cells() if cell}
Made = Mapping[str, Artifact]
Action = Literal["new", "replace", "delete"]
ACTIONS: Sequence[Action] = get_args(Action)


def snapshot_of(document: str, status: DocumentStatus, identity: IdentityStatus) -> DocumentSnapshot:
    """A document of the cell."""
    patient = QUALIFIED if identity == "qualifiee" else replace(QUALIFIED, status=identity, ins=None)
    if document == "frcp":
        return make_document(answers_of("minimal"), status=status, patient=patient)
    return make_pps(pps_answers_of("minimal"), status=status, patient=patient)


@cache
def made(document: str, status: DocumentStatus, identity: IdentityStatus) -> Made:
    """Its artifacts, around a PDF of nothing."""
    snapshot = snapshot_of(document, status, identity)
    pdf = Artifact("pdf-a1", "application/pdf", PDF, "copie.pdf")
    cdas = {name: CdaRenderer(name).render(snapshot, {"pdf-a1": pdf}, as_of=MOMENT) for name in ("cda-n3", "cda-n1")}
    return {**cdas, "pdf-a1": pdf}


@cache
def rendered(document: str, status: DocumentStatus, identity: IdentityStatus) -> Made:
    """Its artifacts by every installed renderer."""
    snapshot = snapshot_of(document, status, identity)
    return {name: exchange.render_unsaved(snapshot, name, as_of=MOMENT) for name in ("cda-n3", "cda-n1", "pdf-a1")}


@cache
def schema() -> etree.XMLSchema:
    """The OASIS schema of ``SubmitObjectsRequest``."""
    return etree.XMLSchema(etree.parse(str(reference_dir() / "xds" / "wsdl" / "schema" / "ebRS30" / "lcm.xsd")))


def check_described(envelope: xdm.Envelope, key: Key, action: str) -> None:
    """METADATA: valid, whole, of the patient that the status of the identity allows to name."""
    document, _status, identity, _recipient = key
    type_code, format_code = TYPES[document]
    assert envelope.patient_id == (QUALIFIED.ins if identity == "qualifiee" else LOCAL)
    assert envelope.findings == []
    entries = [read.entry for read in envelope.documents]
    said = [(e.type_code.code, e.format_code.code, e.action, e.mime_type) for e in entries if e.type_code and e.format_code]
    assert said == [
        (type_code, format_code, action, "text/xml"),
        (type_code, "urn:ihe:iti:xds-sd:pdf:2008", action, "text/xml"),
    ]
    assert [xds.missing(entry) for entry in entries] == [(), ()]
    for read, file in zip(envelope.documents, [f for f in envelope.files if f.role == "document"], strict=True):
        assert (read.entry.hash, read.entry.size) == (file.sha1, file.size) == (read.described.hash, len(read.content))
    assert schema().validate(etree.fromstring(xds.write(xds.Submission(envelope.lots[0], entries)))), schema().error_log


def check_headers(mail: EmailMessage, key: Key) -> None:
    """The headers of the referential (mss_hl7.md §2)."""
    document, _status, identity, recipient = key
    assert re.match(r"XDM/1\.0/DDM\+(\[[^]]+\] )?.{1,40} PAT-TROIS ", str(mail["Subject"]))
    assert mail["To"].addresses[0].addr_spec == ADDRESSES[recipient]
    assert mail["Message-ID"] == f"<{KEY}@dcc-region.mssante.fr>"
    assert mail["Disposition-Notification-To"] == SETTINGS.address
    assert mail["X-MSS-CODECDA"] == TYPES[document][0]
    assert mail["X-MSS-INS"] == ("O" if identity == "qualifiee" else "N")
    assert mail["X-MSS-NIL"] == SETTINGS.nil
    assert mail["X-MSS-MES"] == ("FIN" if recipient == "patient" else None)


def check_mail_of(key: Key, cell: Cell, artifacts: Made, actions: Sequence[Action]) -> None:
    """The mail of a cell, from the bytes that the server gets."""
    document, status, identity, recipient = key
    for action in actions:
        package = Package(snapshot_of(document, status, identity), artifacts, action)
        composed = compose(
            package, Recipient(recipient, ADDRESSES[recipient], "Destinataire"), key=KEY, settings=SETTINGS, sent_at=MOMENT
        )
        mail = message_from_bytes(wire_of(composed, settings=SETTINGS, address=ADDRESSES[recipient]), policy=default)
        assert isinstance(mail, EmailMessage)
        check_headers(mail, key)
        zipped, pdf = mail.iter_attachments()
        assert (zipped.get_content_type(), zipped.get_filename()) == ("application/zip", "IHE_XDM.zip")
        assert pdf.get_content_type() == "application/pdf"
        assert re.fullmatch(r"\d{8}_.{1,40}_PAT-TROIS_\w+\.pdf", str(pdf.get_filename()))
        with zipfile.ZipFile(io.BytesIO(zipped.get_content())) as archive:
            assert archive.namelist() == LAYOUT
        envelope = xdm.read(zipped.get_content())
        check_described(envelope, key, xdm.ACTIONS[action])
        n3, n1 = (read.content for read in envelope.documents)
        assert (n3, n1, pdf.get_content()) == tuple(artifacts[name].content for name in ("cda-n3", "cda-n1", "pdf-a1"))
        assert set(cell.formats) <= {"cda-n3", "cda-n1", "pdf-a1"}
        assert embedded(n1) == pdf.get_content() == embedded(n3), "the PDF beside is the one inside (ECO.2.1.5)"


def embedded(cda: bytes) -> bytes:
    """The PDF of a level 1, or the copy in a level 3."""
    found = etree.fromstring(cda, etree.XMLParser(huge_tree=True)).xpath(
        "//*[local-name()='nonXMLBody']/*[local-name()='text'] | //*[@ID='copiePDF']/*[local-name()='value']"
    )
    assert isinstance(found, list)
    (text,) = [element.text for element in found if isinstance(element, etree._Element)]
    return base64.b64decode(text or "")


def check_deposit_of(key: Key, cell: Cell, artifacts: Made, _actions: Sequence[Action]) -> None:
    """What the DMP will get of a cell: the level 3, described whole by the same mapping."""
    assert cell.formats == ("cda-n3",)
    entry = xds.describe(artifacts["cda-n3"].content)
    assert xds.missing(entry) == ()
    assert entry.patient_id == QUALIFIED.ins
    lot = xds.submission([entry], submitted_at=MOMENT, unique_id=xds.oid_of(KEY))
    assert schema().validate(etree.fromstring(xds.write(lot))), schema().error_log


CHECKS: Mapping[str, Callable[[Key, Cell, Made, Sequence[Action]], None]] = {"mss": check_mail_of, "dmp": check_deposit_of}


@pytest.mark.parametrize(("key", "cell"), [pytest.param(key, cell, id=" ".join(key)) for key, cell in ALLOWED.items()])
def test_the_package_of_an_allowed_cell(key: Key, cell: Cell) -> None:
    document, status, identity, _recipient = key
    turn = list(ALLOWED).index(key) % len(ACTIONS)
    CHECKS[cell.channel](key, cell, made(document, status, identity), ACTIONS[turn : turn + 1])


def test_all_allowed_cells_are_here() -> None:
    assert ALLOWED == FIGURE_10
    assert len(ALLOWED) == 37
    assert InstanceId("1.2.250.1.213.1.4.10", "279035121518989") == QUALIFIED.ins


@pytest.mark.prove
@pytest.mark.django_db
def test_the_37_packages_with_their_real_pdf(proof: Proof) -> None:
    for key, cell in ALLOWED.items():
        document, status, identity, _recipient = key
        CHECKS[cell.channel](key, cell, rendered(document, status, identity), ACTIONS)
    channels = Counter(cell.channel for cell in ALLOWED.values())
    proof.record(
        issue=7,
        title="Les 37 envois permis, ouverts",
        figures={
            "cases permises de la figure 10": len(ALLOWED),
            "courriels MSSanté (premier envoi, remplacement, retrait pour chacun)": channels["mss"] * 3,
            "dépôts au DMP décrits": channels["dmp"],
            "documents produits par tous les moteurs (N3, N1, PDF/A-1)": len({key[:3] for key in ALLOWED}),
            "écarts de nom, de type, d'empreinte, de taille, de format ou d'en-tête": 0,
        },
    )
