"""One exchange with INSi over mutual TLS: bounded in time and size, no redirect followed."""

from __future__ import annotations

import time
from dataclasses import dataclass

import requests
from django.utils.translation import gettext as _

from dcc.contracts.errors import NotConfigured, RetryLater
from dcc.contracts.replies import bounded
from plugins.ins.insi.envelope import ACTIONS
from plugins.ins.insi.reading import LIMIT


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where INSi is, and what proves who calls; ``authorities`` empty: those of the system."""

    url: str
    certificate: str
    key: str = ""
    authorities: str = ""
    timeout: int = 10


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, unchanged; at most :data:`LIMIT` bytes and one."""

    status: int
    content_type: str
    content: bytes


def post(endpoint: Endpoint, operation: str, body: bytes) -> Reply:
    """Ask. Raises ``RetryLater`` without an answer, :class:`NotConfigured` when no TLS can be agreed on."""
    headers = {
        "Content-Type": f'application/soap+xml; charset=utf-8; action="{ACTIONS[operation]}"',
        "Accept": "application/soap+xml",
        "Accept-Encoding": "identity",
    }
    session = requests.Session()
    session.trust_env = False  # no certificate, proxy or password of the surroundings
    certificate = (endpoint.certificate, endpoint.key) if endpoint.key else endpoint.certificate
    until = time.monotonic() + 2 * endpoint.timeout
    try:
        with (
            session,
            session.post(
                endpoint.url,
                data=body,
                headers=headers,
                cert=certificate,
                verify=endpoint.authorities or True,
                timeout=endpoint.timeout,
                allow_redirects=False,
                stream=True,
            ) as response,
        ):
            content = bounded(response, LIMIT, until)
            return Reply(response.status_code, response.headers.get("Content-Type", "")[:200], content)
    except requests.exceptions.SSLError as error:
        if "EOF" in str(error):  # closed in the middle of the handshake: nobody refused anything
            raise RetryLater(_("INSi est injoignable")) from None
        raise NotConfigured(_("INSi : connexion TLS refusée (certificat du client, ou autorités du serveur)")) from None
    except requests.Timeout:
        raise RetryLater(_("INSi ne répond pas dans le délai")) from None
    except (requests.RequestException, TimeoutError, ValueError):
        raise RetryLater(_("INSi est injoignable")) from None
    except OSError:  # of a file, before anything is sent
        raise NotConfigured(_("INSi : certificat, clé ou autorités illisibles")) from None
