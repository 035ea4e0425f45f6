"""The clinician's pages: server time of whole requests, from the WSGI handler to the last byte, all middleware included.

The reference of the page is a bare Django view: the same server stack, the same signed-in person, the same number of bytes from a
string. Every request carries real cookies and, to save, the real token.
"""

from __future__ import annotations

import io
import json
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path, reverse

from tests.benchmarks.bench_terminology import NAME, TYPED
from tests.benchmarks.bench_terminology import prepare as store_synthetic_list
from tests.benchmarks.protocol import Bench

if TYPE_CHECKING:
    from dcc.accounts.models import User

TOKEN = secrets.token_hex(16)
PATH = "frcp.synthese.question"


@cache
def whole_page() -> str:
    """The page's own bytes, from which the bare view answers."""
    return desk().get(desk().page_url).decode()


def bare(request: HttpRequest) -> HttpResponse:
    """The reference: nothing but the bytes."""
    return HttpResponse(whole_page())


urlpatterns = [path("bare/", bare), path("", include("dcc.urls"))]


@dataclass
class Desk:
    """A signed-in physician and the filled document before her."""

    cookies: str
    document_id: UUID
    form_id: UUID
    revision: int
    handler: WSGIHandler = field(default_factory=WSGIHandler)
    turn: int = 0

    @property
    def page_url(self) -> str:
        """The page of the document."""
        return reverse("web:document", args=[self.document_id])

    def get(self, url: str) -> bytes:
        """One request for reading; raises ``AssertionError`` when it is not answered."""
        return self._send({"REQUEST_METHOD": "GET", "wsgi.input": io.BytesIO()}, url)

    def save(self) -> None:
        """Another answer to one question, as the page sends it."""
        self.turn += 1
        change = {"path": PATH, "base": self.revision, "raw": {"": [f"Question posée à la RCP, version {self.turn}."]}}
        body = json.dumps({"editor": "bench", "changes": [change]}).encode()
        post = {"REQUEST_METHOD": "POST", "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body))}
        url = reverse("web:autosave", args=[self.document_id])
        answer = json.loads(self._send({**post, "wsgi.input": io.BytesIO(body), "HTTP_X_CSRFTOKEN": TOKEN}, url))
        assert answer["saved"] == [PATH], answer
        self.revision = answer["revision"]

    def _send(self, environ: dict[str, Any], url: str) -> bytes:
        path_info, _sep, query = url.partition("?")
        common = {
            "PATH_INFO": path_info, "QUERY_STRING": query, "SERVER_NAME": "testserver", "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "testserver", "HTTP_COOKIE": self.cookies, "wsgi.url_scheme": "http",
            "wsgi.errors": io.StringIO(), "wsgi.version": (1, 0), "SCRIPT_NAME": "",
        }  # fmt: skip
        said: list[str] = []

        def start(status: str, *_more: object) -> Callable[[bytes], object]:
            said.append(status)
            return io.BytesIO().write

        answer: Iterable[bytes] = self.handler({**common, **environ}, start)
        content = b"".join(answer)
        answer.close()  # type: ignore[attr-defined]  # a WSGI answer has one; it ends the request as a server does
        assert said == ["200 OK"], said
        return content


@cache
def desk() -> Desk:
    """Everything is made once: establishment, physician, patient, a document with an answer to each question."""
    from dcc.documents import api as documents
    from forms_config import api as forms
    from forms_config.legal import api as legal
    from tests.fixtures import make_facility, make_patient, make_user, sign_in

    forms.ensure_default_forms("frcp")
    legal.ensure_national_texts()
    facility = make_facility()
    alice = make_user("bench-web", "medecin", facility, family="MARTIN", given="Alice", national_id="810000000001")
    document_id = documents.create_document(
        actor=alice, patient_id=make_patient(alice, facility), facility_id=facility.pk, document_type="frcp"
    )
    _type_everything(alice, document_id)
    client = Client()
    sign_in(client, alice)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    view = documents.open_document(alice, document_id)
    cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
    return Desk(cookies, document_id, view.form_version_id, view.revision)


def _type_everything(actor: User, document_id: UUID) -> None:
    """An answer to each question and two rows in each table, saved as typing saves them."""
    from dcc.documents import api as documents
    from dcc.web.tests.filled import filled_answers

    def save(changes: list[documents.Change]) -> None:
        result = documents.save_answers(actor=actor, document_id=document_id, changes=changes)
        assert not result.refused, result.refused
        assert not result.conflicts

    view = documents.open_document(actor, document_id)
    answers = filled_answers(view.schema)
    groups = [q for q in view.schema.questions() if q.datatype == "group"]
    revision = view.revision
    save([documents.Change(q.key, answers[q.key], revision) for q in view.schema.questions() if q.datatype != "group"])
    for group in groups:
        for row in answers[group.key]:
            added = documents.add_row(actor=actor, document_id=document_id, group_key=group.key)
            path = f"{group.key}/{added.added_rows[group.key]}"
            save([documents.Change(f"{path}/{key}", value, added.revision) for key, value in row["values"].items()])


_stack = override_settings(ROOT_URLCONF=__name__)


def set_up() -> None:
    """The document, and the bare view beside the platform's."""
    _stack.enable()
    desk()
    store_synthetic_list()


def page() -> float:
    """Milliseconds of the page of a document with an answer to each question, one of which changed since it was last shown."""
    desk().save()
    return _timed(lambda: desk().get(desk().page_url))


def same_bytes() -> float:
    """Milliseconds of the bare view."""
    whole_page()
    return _timed(lambda: desk().get("/bare/"))


def autosave() -> float:
    """Milliseconds of saving one answer."""
    return _timed(desk().save)


def type_ahead() -> float:
    """Milliseconds of the slowest of all typed texts, in the synthetic list."""
    url = f"{reverse('web:codes')}?formulaire={desk().form_id}&liste={NAME}&q="
    return max(_timed(partial(desk().get, url + quote(text))) for text in TYPED)


def _timed(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return (time.perf_counter() - begun) * 1000


BENCHES = [
    Bench(
        "Page d'une FRCP dont chaque question a sa réponse",
        page,
        target="au plus 4 fois une vue Django nue qui envoie autant d'octets",
        at_most_times=4,
        reference=same_bytes,
        reference_name="vue nue, mêmes octets",
        reference_runs=40,
        runs=40,
        warm_up=3,
        prepare=set_up,
    ),
    Bench("Enregistrer un champ", autosave, target="au plus 30 ms", at_most=30, runs=40, warm_up=3, prepare=set_up),
    Bench(
        "Proposer des codes à la frappe, 40 000 codes (le plus lent de 22 textes)",
        type_ahead,
        target="au plus 20 ms",
        at_most=20,
        prepare=set_up,
        clean_up=_stack.disable,
    ),
]
