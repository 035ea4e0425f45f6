"""Door of the outbox.

A room tells what happened, in the transaction that makes it true::

    with transaction.atomic():
        ...
        events.publish(DocumentValidated(document_id=..., version_id=..., ...))

and subscribes, if it wants to be told, when its application is ready (its registrations then belong to ``core``)::

    class ExchangeConfig(AppConfig):
        def ready(self) -> None:
            from dcc.exchange import handlers
            current().subscribe(DocumentValidated, handlers.make_rendition, key="exchange.rendition")

The worker (``manage.py worker``) runs handlers, outside any transaction, in order per subscriber and subject, at least once: a
handler is idempotent (``context.delivery_id`` is its key). A test runs them at once with :func:`drain`. What a handler may raise,
and what follows, is the table of :mod:`dcc.events.policy`.

People who administer the platform see what needs them (:func:`deliveries`), ask for another run (:func:`retry`) or give up
(:func:`abandon`). A room that opens a session calls :func:`session_opened`, one that installs something
:func:`configuration_changed`: what waited for it is due at once; what a subscriber of its own put off on a subject,
by :func:`hasten`. A command that needs the services of the registry where no
worker keeps them runs :func:`services_beside`.

Who calls a service outside leaves it alone after faults, for every process and host at once (:func:`rest_of` before the call,
:func:`note_success` or :func:`note_fault` after it).
"""

from dcc.events.circuits import CircuitState, circuit_of, note_fault, note_success, rest_of, resting
from dcc.events.dispatch import Drained, drain
from dcc.events.jobs import run_due_jobs
from dcc.events.publishing import OutsideTransaction, publish
from dcc.events.queries import Awaiting, DeliveryView, Health, awaited, awaiting_session, deliveries, health
from dcc.events.services import NotNow, abandon, configuration_changed, hasten, retry, session_opened
from dcc.events.states import STATES, Reason, State
from dcc.events.sweeping import Swept, sweep
from dcc.events.worker.beside import services_beside

__all__ = [
    "STATES",
    "Awaiting",
    "CircuitState",
    "DeliveryView",
    "Drained",
    "Health",
    "NotNow",
    "OutsideTransaction",
    "Reason",
    "State",
    "Swept",
    "abandon",
    "awaited",
    "awaiting_session",
    "circuit_of",
    "configuration_changed",
    "deliveries",
    "drain",
    "hasten",
    "health",
    "note_fault",
    "note_success",
    "publish",
    "rest_of",
    "resting",
    "retry",
    "run_due_jobs",
    "services_beside",
    "session_opened",
    "sweep",
]
