"""One exchange through the region's proxy over mutual TLS: bounded in time and size, no redirect followed (dmp_psc.md §4.1)."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import requests
from django.utils.translation import gettext as _
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from dcc.contracts.errors import NotConfigured, RetryLater
from dcc.contracts.replies import bounded
from plugins.dmp.transactions.envelope import LIMIT
from plugins.dmp.transactions.mtom import Package

COOKIE = "proxy_session_id"
_NEVER_SENT = (NewConnectionError, NameResolutionError, ConnectTimeoutError)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the proxy takes the call, what proves which platform calls, and the session of the professional.

    ``changes``: the call changes something, so that nobody knows what became of it when no answer comes. ``limit``: bytes of an
    answer.
    """

    url: str
    certificate: str
    key: str = ""
    authorities: str = ""
    timeout: int = 20
    session: str = field(default="", repr=False)
    changes: bool = False
    limit: int = LIMIT


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, unchanged; at most the bytes of the limit and one."""

    status: int
    content_type: str
    content: bytes


_HANDSHAKE = ("CERT", "HANDSHAKE", "UNKNOWN_CA", "WRONG_VERSION", "PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL", "PEM", "KEY")
"""What an error of TLS names when no TLS can be agreed on; with TLS 1.3 a certificate is refused after the request has left."""


def lost(words: str, *, changes: bool) -> RetryLater:
    """No answer to a call that was sent: of one that changes something, what it did is not known."""
    return RetryLater(words, cause="unknown_outcome" if changes else "unreachable")


def post(endpoint: Endpoint, package: Package) -> Reply:
    """Ask. Raises ``RetryLater`` without an answer, :class:`NotConfigured` when no TLS can be agreed on."""
    session = requests.Session()
    session.trust_env = False  # no certificate, proxy or password of the surroundings
    until = time.monotonic() + 2 * endpoint.timeout
    try:
        with session, _posted(session, endpoint, package) as response:
            content = bounded(response, endpoint.limit, until)
            return Reply(response.status_code, response.headers.get("Content-Type", "")[:1000], content)
    except requests.exceptions.SSLError as error:
        said = str(error).upper()
        if not any(word in said for word in _HANDSHAKE):  # the line broke, maybe after the request had left
            raise _failure(error, changes=endpoint.changes) from None
        raise NotConfigured(_("DMP : connexion TLS refusée par le proxy, ou à lui"), cause="certificate") from None
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, requests.exceptions.MissingSchema):
        raise NotConfigured(_("DMP : adresse du proxy inutilisable"), cause="dmp_off") from None
    except requests.RequestException as error:
        raise _failure(error, changes=endpoint.changes) from None
    except OSError:  # of a file, before anything is sent
        raise NotConfigured(_("DMP : certificat, clé ou autorités illisibles"), cause="certificate") from None
    except ValueError:  # a header that cannot be
        raise NotConfigured(_("DMP : session inutilisable"), cause="dmp_off") from None


def _posted(session: requests.Session, endpoint: Endpoint, package: Package) -> requests.Response:
    headers = {
        "Content-Type": package.content_type,
        "Accept": "application/soap+xml, multipart/related",
        "Accept-Encoding": "identity",
        "Cookie": f"{COOKIE}={endpoint.session}",
    }
    return session.post(
        endpoint.url,
        data=package.content,
        headers=headers,
        cert=(endpoint.certificate, endpoint.key) if endpoint.key else endpoint.certificate,
        verify=endpoint.authorities or True,
        timeout=endpoint.timeout,
        allow_redirects=False,
        stream=True,
    )


def _failure(error: requests.RequestException, *, changes: bool) -> RetryLater:
    sent = not (isinstance(error, requests.ConnectTimeout) or isinstance(_reason(error), _NEVER_SENT))
    words = _("Le DMP ne répond pas dans le délai") if isinstance(error, requests.Timeout) else _("Le DMP est injoignable")
    return lost(words, changes=changes and sent)


def _reason(error: requests.RequestException) -> object:
    """What urllib3 says, inside its own wrapping."""
    inner = error.args[0] if error.args else None
    return getattr(inner, "reason", inner)
