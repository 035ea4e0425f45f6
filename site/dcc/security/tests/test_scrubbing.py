"""What logs and reports keep of an error: its classes and places, never its words."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.core import mail
from django.test import RequestFactory
from django.utils.log import AdminEmailHandler
from django.views.debug import get_exception_reporter_class, get_exception_reporter_filter
from pytest_django import Settings

from dcc.security.scrubbing import QuietFormatter, scrub

NAME = "XYLANDRE"


@pytest.fixture
def failed() -> logging.LogRecord:
    """The record of an error that quotes a patient, caused by another that does."""
    try:
        try:
            raise ValueError(f"Key (birth_name)=({NAME}) already exists")
        except ValueError as cause:
            raise KeyError(NAME) from cause
    except KeyError as error:
        return logging.LogRecord(
            "django.request",
            logging.ERROR,
            __file__,
            1,
            "Internal Server Error: %s",
            ("/patients/",),
            (KeyError, error, error.__traceback__),
        )


def test_a_line_of_log_says_class_and_place(failed: logging.LogRecord) -> None:
    text = QuietFormatter("{message}", style="{").format(failed)
    assert NAME not in text
    first, *rest = text.splitlines()
    assert first == "Internal Server Error: /patients/"
    assert rest[0].startswith("KeyError, site/dcc/security/tests/test_scrubbing.py:")
    assert rest[2].startswith("ValueError, site/dcc/security/tests/test_scrubbing.py:")


def test_the_logs_of_the_platform_are_written_so(settings: Settings) -> None:
    assert settings.LOGGING["formatters"]["line"]["()"] == f"{QuietFormatter.__module__}.QuietFormatter"
    assert {h["formatter"] for h in settings.LOGGING["handlers"].values()} == {"line"}
    assert not [h for h in logging.getLogger("django").handlers if isinstance(h, AdminEmailHandler)]


def test_a_report_that_somebody_would_have_mailed_says_no_more(failed: logging.LogRecord, settings: Settings) -> None:
    settings.ADMINS = [("Exploitant", "exploitant@dsrc.example")]
    failed.request = RequestFactory().post("/patients/?q=" + NAME, {"birth_name": NAME})  # as django.request adds it
    AdminEmailHandler(include_html=True).emit(failed)
    (sent,) = mail.outbox
    assert NAME not in str(sent.message())
    assert "POST /patients/" in sent.body


def test_not_even_the_page_of_development_shows_values(failed: logging.LogRecord) -> None:
    request = RequestFactory().post("/patients/", {"birth_name": NAME})
    assert failed.exc_info
    found: Any = get_exception_reporter_filter(request)
    assert NAME not in str(found.get_post_parameters(request))
    frame = failed.exc_info[2].tb_frame  # type: ignore[union-attr]  # it was raised
    assert NAME not in str(found.get_traceback_frame_variables(request, frame))
    reporter: Any = get_exception_reporter_class(request)
    assert NAME not in reporter(request, *failed.exc_info).get_traceback_text()


def test_an_error_nobody_raised_has_no_place() -> None:
    assert scrub(ValueError(NAME)) == "ValueError, lieu inconnu"
