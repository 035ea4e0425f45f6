"""The machinery of every environment: the clock of the outbox, its worker, and what is logged."""

from typing import Any

from dcc.settings import env

# The outbox is the record and retries belong to it; the queue is only its clock (DESIGN §5, §6; docs/decisions/0051).
Q_CLUSTER: dict[str, Any] = {
    "name": "oncodcc",
    "orm": "default",  # a Redis broker loses tasks
    "workers": env.number("DCC_WORKERS", 2),
    "queue_limit": 1,  # the queue's own lease starts when a task is fetched, not when it is run
    "bulk": 1,
    "poll": 0.2,
    "timeout": 120,  # under dcc.events.leases.LEASE: a task that runs has not lost its lease
    "retry": 600,
    "max_attempts": 1,
    "ack_failures": True,
    "catch_up": False,
    "scheduler": False,  # scheduled jobs have their due times in the outbox
    "save_limit": -1,  # hints that worked leave no trace
    "recycle": 10_000,  # a beat a second: the default of 500 would drop warm workers every few minutes
    "max_rss": 290_000,  # kB; a worker that grew beyond is replaced between two tasks
    "label": "File de tâches",
}
DCC_WORKER_FREEZE_SECONDS = env.number("DCC_WORKER_FREEZE_SECONDS", 10)
DCC_WORKER_GRACE_SECONDS = env.number("DCC_WORKER_GRACE_SECONDS", 30)

# What an error says may quote a patient: logs and reports keep its class and its place.
DEFAULT_EXCEPTION_REPORTER = "dcc.security.scrubbing.QuietReporter"
DEFAULT_EXCEPTION_REPORTER_FILTER = "dcc.security.scrubbing.QuietFilter"
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "dcc.security.scrubbing.QuietFormatter", "format": "{asctime} {levelname} {name} {message}", "style": "{"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("DCC_LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"level": "INFO"},  # without the mails that Django sends by default
        "django-q": {"level": "WARNING"},  # it writes three lines a task; the outbox writes one a delivery
        "django_tasks": {"level": "WARNING"},  # Wagtail tells each line of its reference index
        "wagtail": {"level": "WARNING"},  # its own history tells who published what
        "axes.apps": {"level": "WARNING"},  # it greets at every command
        "weasyprint": {"level": "WARNING"},  # a line for each step of each document
        "fontTools": {"level": "WARNING"},
    },
}
