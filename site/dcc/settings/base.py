"""What holds in every environment. The table of environment variables is in ``docs/operations.md``."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF

from dcc.settings import dmp, env, flows, insi, mss, psc
from dcc.settings.machinery import *  # noqa: F403  (settings modules extend one another)
from dcc.settings.plugins import PLUGINS

BASE_DIR = Path(__file__).resolve().parents[3]
DATA_DIR = Path(env.text("DCC_DATA_DIR", str(BASE_DIR / "var"))).resolve()
DCC_CONFORMANCE_IN_PROCESS = env.flag("DCC_CONFORMANCE_IN_PROCESS")
KIT_DIR = Path(env.text("DCC_KIT_DIR", str(BASE_DIR.parent / "shared" / "reference" / "cda-kit")))

INSTALLED_APPS = [
    "dcc.audit",
    "dcc.accounts",
    "dcc.security",
    "dcc.events",
    "dcc.trust",
    "forms_config.terminology",
    "forms_config.legal",
    "forms_config.favourites",
    "forms_config.blocks",
    "rcp_directory",
    "forms_config",
    "forms_config.bundle",
    "dcc.patients",
    "dcc.documents",
    "dcc.exchange",
    "dcc.web",
    "dcc.cms",
    *PLUGINS,
    "wagtail.snippets",
    "wagtail.users",
    "wagtail.images",
    "wagtail.documents",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.contrib.settings",
    "wagtail.sites",
    "wagtail",
    "modelcluster",
    "taggit",
    "axes",
    "django_otp",
    "django_q",
    "django_htmx",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "dcc.contracts",  # last: it freezes the registry once every application is ready
]

MIDDLEWARE = [
    "dcc.security.middleware.HeadersMiddleware",  # first: whatever answers below gets the headers
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "dcc.accounts.refusals.RefusalMiddleware",  # outside what refuses, inside what knows the session
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "dcc.accounts.middleware.TwoFactorMiddleware",
    "dcc.web.calling.scope.ContextualScopeMiddleware",
    "dcc.trust.middleware.TermsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "dcc.security.middleware.LimitsMiddleware",
    "forms_config.control.middleware.GateMiddleware",
]

ROOT_URLCONF = "dcc.urls"
WSGI_APPLICATION = "dcc.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "themes" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dcc.web.context.page",
            ],
        },
    },
]

DATABASES = {"default": env.database(env.secret("DATABASE_URL", f"sqlite:///{DATA_DIR / 'db.sqlite3'}"))}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "dcc.accounts.psc.backend.PscBackend",
]
DCC_PSC = psc.from_environment()
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "dcc.accounts.passwords.rules.GuessablePasswordValidator"},
    {"NAME": "dcc.accounts.passwords.rules.LeakedPasswordValidator"},
    {"NAME": "dcc.accounts.passwords.rules.FormerPasswordValidator"},
]
# Days after which another password is asked for (0: never): of everybody, of who changes rules or accounts (decision 0207).
DCC_PASSWORD_MAX_AGE_DAYS = env.number("DCC_PASSWORD_MAX_AGE_DAYS", 0)
DCC_PASSWORD_MAX_AGE_PRIVILEGED_DAYS = env.number("DCC_PASSWORD_MAX_AGE_PRIVILEGED_DAYS", 365)
DCC_PASSWORD_HISTORY = env.number("DCC_PASSWORD_HISTORY", 5)
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "accounts:login"
OTP_TOTP_ISSUER = "OncoDCC"
DCC_INVITATION_HOURS = env.number("DCC_INVITATION_HOURS", 72)
# Demonstration accounts (printed secrets) exist under the development settings only.
DCC_DEMO = False
# How many proxies of ours stand before the application: the address of a client is read no further.
DCC_PROXY_COUNT = env.number("DCC_PROXY_COUNT", 0)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = env.number("DCC_SESSION_HOURS", 12) * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
DCC_SESSION_IDLE = timedelta(minutes=env.number("DCC_SESSION_IDLE_MINUTES", 20))
DCC_SESSION_ABSOLUTE = timedelta(hours=env.number("DCC_SESSION_HOURS", 12))
# Contextual calls: how long a call and its link are good for, and how long the session that it opens may last.
DCC_CALL_SECONDS = env.number("DCC_CALL_SECONDS", 60)
DCC_CALL_SESSION = timedelta(minutes=env.number("DCC_CALL_SESSION_MINUTES", 60))

AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = env.number("DCC_LOGIN_FAILURES", 5)
AXES_COOLOFF_TIME = timedelta(minutes=env.number("DCC_LOGIN_COOLOFF_MINUTES", 15))
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "dcc.accounts.lockout.client_ip"
AXES_LOCKOUT_CALLABLE = "dcc.accounts.lockout.locked_out"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code"]
# The journal keeps who signed in and out.
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "themes" / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": env.storage(MEDIA_ROOT),
    "artifacts": env.storage(DATA_DIR / "artifacts"),
    "attachments": env.storage(DATA_DIR / "attachments"),
    "conventions": env.storage(DATA_DIR / "conventions"),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

CSRF_FAILURE_VIEW = "dcc.web.views.errors.csrf_failure"
# Levels as classes of the notices (themes/static/css/components.css).
MESSAGE_TAGS = {10: "info", 20: "info", 25: "good", 30: "warn", 40: "bad"}

WAGTAIL_SITE_NAME = "OncoDCC"
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES = [("fr", "Français")]
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAILADMIN_LOGIN_URL = "/compte/acces-refuse/"
# Nobody is given pictures nor documents of Wagtail (dcc.cms.groups); whoever would be, could bring in nothing a browser runs.
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE, WAGTAILIMAGES_MAX_IMAGE_PIXELS = 5_000_000, 25_000_000
WAGTAILDOCS_EXTENSIONS, WAGTAILDOCS_SERVE_METHOD = ["pdf"], "serve_view"
WAGTAILADMIN_BASE_URL = env.text("DCC_BASE_URL", "http://localhost:8000")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "object-src": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
        "manifest-src": [NONE],
        "worker-src": [NONE],
    }
}
X_FRAME_OPTIONS = "SAMEORIGIN"
# Wagtail shows previews of our own pages in a frame; strangers are kept out by frame-ancestors.
SILENCED_SYSTEM_CHECKS = ["security.W019"]
SECURE_REFERRER_POLICY = "same-origin"
# Scales the table of dcc.security.limits; 0, where a campaign is run as one person, counts nothing.
DCC_RATE_LIMIT_PERCENT = env.number("DCC_RATE_LIMIT_PERCENT", 100)
# The notices of a page may name a file, hence a patient: they wait in the session, not in a cookie of the browser.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# The journal is signed with its own key, or with one derived from SECRET_KEY; former keys only verify.
DCC_AUDIT_KEY = env.secret("DCC_AUDIT_KEY")
DCC_AUDIT_FORMER_KEYS = env.secret("DCC_AUDIT_FORMER_KEYS").split()
# How long traces are kept, by kind (decision 0225).
DCC_AUDIT_RETENTION = {
    "soins": timedelta(days=env.number("DCC_AUDIT_RETENTION_CARE_DAYS", 3653)),
    "acces": timedelta(days=env.number("DCC_AUDIT_RETENTION_ACCESS_DAYS", 366)),
    "configuration": timedelta(days=env.number("DCC_AUDIT_RETENTION_CONFIGURATION_DAYS", 3653)),
    "journal": timedelta(days=env.number("DCC_AUDIT_RETENTION_JOURNAL_DAYS", 3653)),
    "exploitation": timedelta(days=env.number("DCC_AUDIT_RETENTION_OPERATION_DAYS", 366)),
}

# Secrets that must be read back (authenticators, tokens) are sealed with their own key, or with one derived from SECRET_KEY;
# former keys only open (manage.py reseal_secrets).
DCC_SECRETS_KEY = env.secret("DCC_SECRETS_KEY")
DCC_SECRETS_FORMER_KEYS = env.secret("DCC_SECRETS_FORMER_KEYS").split()

# A second factor by mail, for who has neither telephone nor recovery codes at hand (decision 0209).
DCC_EMAIL_CODE = env.flag("DCC_EMAIL_CODE")

# What this platform exports is signed with its own key, or with one derived from SECRET_KEY.
DCC_BUNDLE_KEY = env.secret("DCC_BUNDLE_KEY")

# Test identities (INS under a test OID) are data like others where tests are made, and refused in production.
DCC_TEST_IDENTITIES = env.flag("DCC_TEST_IDENTITIES")

# Publishing proves first: test documents in every output, checked and read back. Only the tests switch it off (decision 0110).
DCC_GATE_PROOF = True
# What the region changes of the table of rights (decision 0223): a file, checked at the start.
DCC_POLICY_FILE = env.text("DCC_POLICY_FILE")
# « Bris de glace »: how long it opens a file, and within how many days somebody has to look at it.
DCC_GLASS_HOURS = env.number("DCC_GLASS_HOURS", 4)
DCC_GLASS_REVIEW_DAYS = env.number("DCC_GLASS_REVIEW_DAYS", 7)

# Mail: without a server none is sent, and the digest is read in the admin only.
EMAIL_HOST = env.text("DCC_SMTP_HOST")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'dummy'}.EmailBackend"
EMAIL_PORT = env.number("DCC_SMTP_PORT", 587)
EMAIL_HOST_USER = env.text("DCC_SMTP_USER")
EMAIL_HOST_PASSWORD = env.secret("DCC_SMTP_PASSWORD")
EMAIL_USE_TLS = env.flag("DCC_SMTP_STARTTLS", default=True)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("DCC_MAIL_FROM", "oncodcc@localhost")
# Hour of the day (local time) from which the daily digest leaves; none to send no digest.
DCC_DIGEST_HOUR = env.text("DCC_DIGEST_HOUR", "6")

# Identity flows (HL7 v2): the listener, and how long a message taken into account is kept whole (decision 0261).
DCC_MLLP = flows.from_environment()
DCC_FLOW_RETENTION_DAYS = env.number("DCC_FLOW_RETENTION_DAYS", 30)

DCC_PLUGIN_SETTINGS: dict[str, dict[str, object]] = {
    "ins": {"insi": insi.from_environment()},
    "mss": mss.from_environment(),
    "dmp": dmp.from_environment(),
    "annuaire": {"stale_days": env.number("DCC_ANNUAIRE_STALE_DAYS", 45)},
}
DCC_ATTACHMENT_LIMIT = env.number("DCC_ATTACHMENT_LIMIT_MB", 10) * 1_000_000
DCC_ATTACHMENTS_TOTAL_LIMIT = env.number("DCC_ATTACHMENTS_TOTAL_MB", 20) * 1_000_000
DCC_INTAKE_LIMIT = env.number("DCC_INTAKE_LIMIT_MB", 50) * 1_000_000
DCC_SCAN_COMMAND = env.text("DCC_SCAN_COMMAND")
DCC_DEFAULT_FACILITY = env.text("DCC_DEFAULT_FACILITY")
DCC_REGION = env.text("DCC_REGION", "Région de démonstration")
DCC_BRAND_COLOUR = env.text("DCC_BRAND_COLOUR")
DCC_BRANDING = "dcc.cms.api.branding"  # what the clinician's pages ask for the region's name, colour and logo
