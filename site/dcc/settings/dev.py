"""Demonstration and development on one machine: embedded SQLite, no TLS."""

from dcc.settings import dmp, env, insi, mss, psc
from dcc.settings.base import *  # noqa: F403  (settings modules extend one another)

DEBUG = env.flag("DCC_DEBUG", default=False)
SECRET_KEY = env.secret("DCC_SECRET_KEY", "demo-only-" + "0" * 50)
ALLOWED_HOSTS = env.words("DCC_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
DCC_DEMO = True
DCC_TEST_IDENTITIES = env.flag("DCC_TEST_IDENTITIES", default=True)
INSTALLED_APPS = [*INSTALLED_APPS[:-1], "plugins.sandbox", INSTALLED_APPS[-1]]  # noqa: F405
# The stand-in of Pro Santé Connect: « make demo » gives it a port, on which the worker serves it.
DCC_SANDBOX_PSC_PORT = env.number("DCC_SANDBOX_PSC_PORT", 0)
if DCC_SANDBOX_PSC_PORT:
    DCC_PSC = psc.from_environment(
        discovery=f"http://localhost:{DCC_SANDBOX_PSC_PORT}/auth/realms/esante-wallet/.well-known/wallet-openid-configuration",
        client_id="oncodcc-demonstration",
        client_secret="secret-de-demonstration",  # noqa: S106  (of the stand-in)
    )
# The stand-in of INSi, likewise; its certificates are made in the data folder.
DCC_SANDBOX_INSI_PORT = env.number("DCC_SANDBOX_INSI_PORT", 0)
DCC_SANDBOX_INSI_IDAM = "BACASABLE001"
DCC_INSI_KIT = env.text("DCC_INSI_KIT", str(BASE_DIR.parent / "shared" / "reference" / "insi"))  # noqa: F405
if DCC_SANDBOX_INSI_PORT:
    _HELD = DATA_DIR / "sandbox-insi"  # noqa: F405
    DCC_PLUGIN_SETTINGS["ins"]["insi"] = insi.from_environment(  # noqa: F405
        endpoint=f"https://localhost:{DCC_SANDBOX_INSI_PORT}/lps",
        certificate=str(_HELD / "insi-manu.pem"),
        certificate_key=str(_HELD / "insi-manu.key"),
        automatic_certificate=str(_HELD / "insi-auto.pem"),
        automatic_key=str(_HELD / "insi-auto.key"),
        authorities=str(_HELD / "authority.pem"),
        idam=DCC_SANDBOX_INSI_IDAM,
    )
# The operator of MSSanté, likewise: SMTP and IMAP; certificates and list of domains are made in the data folder.
DCC_SANDBOX_SMTP_PORT = env.number("DCC_SANDBOX_SMTP_PORT", 0)
DCC_SANDBOX_IMAP_PORT = env.number("DCC_SANDBOX_IMAP_PORT", 0)
if DCC_SANDBOX_SMTP_PORT and DCC_SANDBOX_IMAP_PORT:
    _BOX = DATA_DIR / "sandbox-mss"  # noqa: F405
    DCC_PLUGIN_SETTINGS["mss"] = mss.from_environment(  # noqa: F405
        smtp_host="localhost",
        smtp_port=str(DCC_SANDBOX_SMTP_PORT),
        imap_host="localhost",
        imap_port=str(DCC_SANDBOX_IMAP_PORT),
        imap_user="dcc@demo.mssante.fr",
        certificate=str(_BOX / "dcc.pem"),
        certificate_key=str(_BOX / "dcc.key"),
        authorities=str(_BOX / "authority.pem"),
        address="dcc@demo.mssante.fr",
        name="DCC de démonstration",
        nil="ONCODCC-DEMO",
        structure_name="Réseau régional de cancérologie de Démonstration",
        structure_id="1490000031",
        domains=str(_BOX / "liste-blanche.xml"),
        facility="490000031",
        poll_seconds="5",
    )
# The DMP behind the region's proxy of the trust space, likewise.
DCC_SANDBOX_DMP_PORT = env.number("DCC_SANDBOX_DMP_PORT", 0)
DCC_SANDBOX_DMP_PAGES_PORT = env.number("DCC_SANDBOX_DMP_PAGES_PORT", 0)
DCC_DMP_KIT = env.text("DCC_DMP_KIT", str(BASE_DIR.parent / "shared" / "reference" / "xds"))  # noqa: F405
if DCC_SANDBOX_DMP_PORT:
    _DMP = DATA_DIR / "sandbox-dmp"  # noqa: F405
    DCC_PLUGIN_SETTINGS["dmp"] = dmp.from_environment(  # noqa: F405
        proxy=f"https://localhost:{DCC_SANDBOX_DMP_PORT}",
        client_id="oncodcc-demonstration",
        certificate=str(_DMP / "oncodcc-demonstration.pem"),
        certificate_key=str(_DMP / "oncodcc-demonstration.key"),
        authorities=str(_DMP / "authority.pem"),
        source_id="1.2.250.1.213.1.4.999.1",
        software_id="1.2.250.1.213.1.4.999",
        approval="DEMONSTRATION",
    )
if DEBUG:  # a developer, on data of nobody, reads what an error says
    DEFAULT_EXCEPTION_REPORTER = "django.views.debug.ExceptionReporter"
    DEFAULT_EXCEPTION_REPORTER_FILTER = "django.views.debug.SafeExceptionReporterFilter"
    LOGGING["formatters"]["line"].pop("()")  # noqa: F405
WHITENOISE_USE_FINDERS = True
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
