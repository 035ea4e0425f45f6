"""The stage of deposits, its DMP the stand-in behind its proxy: sessions are opened there, views are its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from plugins.dmp.apps import DmpSettings
from plugins.dmp.deposits.tests.stage import DmpStage
from plugins.dmp.transactions.client import ProxyDmp
from plugins.dmp.transactions.types import Caller, Dmp
from plugins.sandbox.dmp.people import Patient
from plugins.sandbox.dmp.views import Seen
from tests.dmp.fixtures import RunningDmp

INS = "279035121518989"
KINDS = {"34794-8": "frcp", "18776-5": "pps"}
Views = tuple[dict[str, int], dict[str, int]]


class SandboxStage(DmpStage):
    """What professionals and the patient do, and what they see."""

    def __init__(self, running: RunningDmp, dmp: Callable[[Callable[[], DmpSettings]], Dmp] = ProxyDmp) -> None:
        settings = DmpSettings(**running.settings(failures_before_pause=1000))
        super().__init__(settings, dmp=dmp(lambda: self.settings))
        self.running = running
        self.ins = INS

    def caller(self, national_id: str) -> Caller:
        """In a session of the proxy."""
        return replace(super().caller(national_id), proxy_session=self.running.connect(national_id))

    @property
    def patient(self) -> Patient:
        """Whose DMP is looked at."""
        return self.running.service.patient(self.ins)

    def authorise(self, state: str, professional: str = "*") -> None:
        """The patient lets professionals consult, or not."""
        self.running.service.store.authorise(self.patient.cx, professional, state)

    def open_dmp(self, state: str) -> None:
        """``active``, ``closed`` or ``none``."""
        known, cx = self.running.service.known, self.patient.cx
        patients = {**known.patients, cx: replace(known.patients[cx], state=state)}
        self.running.service.known = replace(known, patients=patients)

    def representatives(self) -> dict[str, int]:
        """What those who represent a minor see."""
        return counted(self.running.service.representatives_see(self.ins))

    def views(self) -> Views:
        """What the patient sees in Mon espace santé, and what a professional whom he authorised does."""
        service = self.running.service
        return counted(service.patient_sees(self.ins)), counted(service.professional_sees(self.ins, "810000000003"))


def counted(seen: Sequence[Seen]) -> dict[str, int]:
    """Documents by type."""
    return dict(Counter(KINDS[each.type_code] for each in seen))
