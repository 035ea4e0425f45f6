"""Packages of the official samples, and their mails."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from dcc.contracts.snapshots import Artifact, Package, Recipient
from dcc.contracts.testing.snapshots import make_artifact, make_package
from plugins.mss.apps import MssSettings
from plugins.mss.mail.composing import compose
from tests.fixtures import reference_dir

KEY = UUID("5d3a5f0e-7f6b-4f3e-9a43-0d5ad3f7a001")
SENT = datetime(2026, 5, 20, 7, 41, tzinfo=UTC)
SETTINGS = MssSettings(
    smtp_host="localhost",
    address="dcc.frcp@dcc-region.mssante.fr",
    name="DCC_Region",
    reply_to="rcp.secretariat@dcc-region.mssante.fr",
    nil="DEVnnnnnn",
)
PROFESSIONAL = Recipient("ps", "charles.muller@test.mssante.fr", "Dr Charles MULLER")
PATIENT = Recipient("patient", "279035121518989@patient.mssante.fr", "DOMINIQUE PAT-TROIS")
FRCP, PPS = "FRCP_2025.01_Appareil", "PPS_2025.01"


def cda_of(sample: str, day: str = "20260518") -> bytes:
    """The document of an official envelope, its act on another day."""
    content = (reference_dir() / f"mss/xdm/{sample}/IHE_XDM/SUBSET01/DOC0001.XML").read_bytes()
    return content.replace(b'<low value="20190218154500', f'<low value="{day}154500'.encode()).replace(
        b'<low value="20250113121700', f'<low value="{day}121700'.encode()
    )


def replacing(cda: bytes) -> bytes:
    """The same, saying that it replaces another one."""
    related = b'<relatedDocument typeCode="RPLC"><parentDocument><id root="1.2.3.4"/></parentDocument></relatedDocument>'
    return cda.replace(b"<componentOf>", related + b"<componentOf>", 1)


def pdf() -> Artifact:
    """A PDF of nothing."""
    return make_artifact("pdf-a1", b"%PDF-1.4\n%%EOF\n", media_type="application/pdf")


def package_of(cda: bytes, **changes: Any) -> Package:
    """N3, N1 (here the same, by another identifier) and PDF."""
    n1 = re.sub(rb'<id root="([0-9.]+)"', rb'<id root="\1.1"', cda, count=1)
    artifacts = (make_artifact("cda-n3", cda), make_artifact("cda-n1", n1), pdf())
    return replace(make_package(*artifacts), **changes)


def mail_of(package: Package, recipient: Recipient = PROFESSIONAL, **changes: Any) -> EmailMessage:
    """The mail of a package."""
    usual = {"key": KEY, "settings": SETTINGS, "sent_at": SENT}
    return compose(package, recipient, **{**usual, **changes})
