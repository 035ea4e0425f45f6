"""What the two regions are, and the environment of the instance of each. All fictitious."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from plugins.sandbox.mss.people import people
from plugins.sandbox.mss.service import NAMESPACE
from tests.mailservers import DOMAINS, MailServers


@dataclass(frozen=True, slots=True)
class Region:
    """A region: how it is called, its applicative mailbox, where its pages are, its network, centre and RCP in the directory."""

    key: str
    title: str
    mailbox: str
    host: str
    port: int
    network: tuple[str, str, str]
    centre: tuple[str, str, str]
    rcp: tuple[str, str]

    @property
    def url(self) -> str:
        """Two hosts: cookies know nothing of ports."""
        return f"http://{self.host}:{self.port}"


A = Region(
    "a",
    "Région A (Pays de Loire fictive)",
    "dcc@region-a.mssante.fr",
    "localhost",
    8100,
    ("5291", "ONCO RÉGION A", "Réseau régional de cancérologie de la Région A (fictif)"),
    ("529101", "3C RÉGION A", "3C de la Région A (fictif)"),
    ("52910001", "Sénologie de la Région A"),
)
B = Region(
    "b",
    "Région B (Bretagne fictive)",
    "dcc@region-b.mssante.fr",
    "127.0.0.1",
    8200,
    ("5392", "ONCO RÉGION B", "Réseau régional de cancérologie de la Région B (fictif)"),
    ("539201", "3C RÉGION B", "3C de la Région B (fictif)"),
    ("53920001", "Recours de la Région B"),
)
REGIONS: Mapping[str, Region] = {"a": A, "b": B}
ALL_DOMAINS = tuple(dict.fromkeys([*DOMAINS, *people().domains]))
"""Those of the servers, and those that the people of the demonstration have their boxes in."""


def environment(region: Region, servers: MailServers, folder: Path, *, port: int = 0) -> dict[str, str]:
    """The variables of an instance whose data are in ``folder``."""
    certificate, key = servers.certificate(region.mailbox)
    allowed = folder / "liste-blanche.xml"
    names = "".join(f"<Domaine><Nom>{domain}</Nom></Domaine>" for domain in ALL_DOMAINS)
    allowed.write_text(f'<ListeBlanche xmlns="{NAMESPACE}">{names}</ListeBlanche>', encoding="utf-8")
    return {
        "DJANGO_SETTINGS_MODULE": "dcc.settings.dev",
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "DCC_DATA_DIR": str(folder),
        "DCC_PORT": str(port or region.port),
        "DCC_REGION": region.title,
        "DCC_BASE_URL": region.url,
        "DCC_MSS_SMTP_HOST": "localhost",
        "DCC_MSS_SMTP_PORT": str(servers.places.smtp),
        "DCC_MSS_IMAP_HOST": "localhost",
        "DCC_MSS_IMAP_PORT": str(servers.places.imap),
        "DCC_MSS_IMAP_USER": region.mailbox,
        "DCC_MSS_CERTIFICATE": str(certificate),
        "DCC_MSS_CERTIFICATE_KEY": str(key),
        "DCC_MSS_AUTHORITIES": str(servers.places.certificates.authority),
        "DCC_MSS_ADDRESS": region.mailbox,
        "DCC_MSS_NAME": f"DCC {region.title}",
        "DCC_MSS_NIL": "ONCODCC-DEMO",
        "DCC_MSS_STRUCTURE_NAME": region.network[2],
        "DCC_MSS_STRUCTURE_ID": "1490000031",
        "DCC_MSS_DOMAINS": str(allowed),
        "DCC_MSS_FACILITY": "490000031",
        "DCC_MSS_POLL_SECONDS": "2",
    }
