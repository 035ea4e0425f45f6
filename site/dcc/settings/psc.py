"""Pro Santé Connect, from the environment; off as long as no discovery address is given."""

from __future__ import annotations

from dataclasses import dataclass

from dcc.settings import env


@dataclass(frozen=True, slots=True)
class PscSettings:
    """How this platform is known to Pro Santé Connect.

    ``method`` is how the client proves itself at the token endpoint (``client_secret_post``, ``client_secret_basic``,
    ``private_key_jwt``, ``tls_client_auth``); ``acr`` is the level asked for, ``accepted_acr`` those that are taken.
    """

    discovery: str = ""
    client_id: str = ""
    client_secret: str = ""
    private_key: str = ""
    key_id: str = ""
    method: str = "client_secret_post"
    certificate: str = ""
    certificate_key: str = ""
    authorities: str = ""
    acr: str = "eidas1"
    accepted_acr: tuple[str, ...] = ("eidas1",)
    scope: str = "openid scope_all"
    timeout: int = 5
    leeway: int = 30


def from_environment(*, discovery: str = "", client_id: str = "", client_secret: str = "") -> PscSettings:
    """What the environment says; the arguments are what holds where it says nothing."""
    return PscSettings(
        discovery=env.text("DCC_PSC_DISCOVERY", discovery),
        client_id=env.text("DCC_PSC_CLIENT_ID", client_id),
        client_secret=env.secret("DCC_PSC_CLIENT_SECRET", client_secret),
        private_key=env.secret("DCC_PSC_PRIVATE_KEY"),
        key_id=env.text("DCC_PSC_KEY_ID"),
        method=env.text("DCC_PSC_METHOD", "client_secret_post"),
        certificate=env.text("DCC_PSC_CERTIFICATE"),
        certificate_key=env.text("DCC_PSC_CERTIFICATE_KEY"),
        authorities=env.text("DCC_PSC_AUTHORITIES"),
        acr=env.text("DCC_PSC_ACR", "eidas1"),
        accepted_acr=tuple(env.words("DCC_PSC_ACCEPTED_ACR", "eidas1")),
        timeout=env.number("DCC_PSC_TIMEOUT_SECONDS", 5),
    )
