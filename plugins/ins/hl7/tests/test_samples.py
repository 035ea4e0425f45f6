"""Every sample of the reference folder: how it is answered, and what it does."""

from __future__ import annotations

import pytest

from dcc.accounts.models import Facility
from dcc.patients.models import Patient
from plugins.ins.hl7.operating import OUTCOMES
from plugins.ins.hl7.tests.flows import make_sender, read_ack, samples, take
from plugins.ins.models import FlowMessage
from tests.proofs.recorder import Proof

EXPECTED = """
adt_ans/ConsentementConsultation_NonOppositionAlimentation.er7                              AA created
adt_ans/NonConsentementConsultation_NonOppositionAlimentation.er7                           AA created
adt_ans/NonConsentementConsultation_OppositionAlimentation.er7                              AA created
adt_ans/NonRecueillieConsentementConsultation_NonOppositionAlimentation.er7                 AA created
adt_ans/NonRecueillieConsentementConsultation_NonRecueillieOppositionAlimentation.er7       AA created
adt_ans/admission.er7                          AA created
adt_ans/sortie.er7                             AA none
adt_reconstruits/A24_lien.er7                  AA unknown
adt_reconstruits/A40_fusion.er7                AA unknown
adt_reconstruits/A28_provisoire_PROV.er7       AA created
adt_reconstruits/A28_qualifiee_VALI_INS.er7    AA created
adt_reconstruits/A28_recuperee_PROV_INSI.er7   AA created
adt_reconstruits/A31_passage_VALI.er7          AA created
adt_reconstruits/ack_AA.er7                    -  answer
adt_reconstruits/ack_AE_ERR.er7                -  answer
doc_cda_v2.0/MDM_T02_INIT_N1_factice.er7       AA created
doc_cda_v2.0/MDM_T04_DEL_N1_factice.er7        AA created
doc_cda_v2.0/MDM_T10_RPLC_N1_factice.er7       AA created
doc_cda_v2.1/MDM_T02_INIT_N1_complet.er7       AA created
doc_cda_v2.1/MDM_T02_INIT_N1_factice.er7       AA created
doc_cda_v2.1/MDM_ack.er7                       -  answer
doc_cda_v2.1/ORU_R01_DEL_N1_N3_factice.er7     AA created
doc_cda_v2.1/ORU_R01_INIT_N1_N3_factice.hl7    AA created
doc_cda_v2.1/ORU_R01_RPLC_N1_N3_factice.er7    AA created
doc_cda_v2.1/ORU_ack.hl7                       -  answer
lps_v1.1/MDM_T02_LPS_INIT_N1_factice.er7       AA created
lps_v1.1/MDM_T04_LPS_DEL_N1_v1.0_factice.er7   AA created
lps_v1.1/MDM_T10_LPS_RPLC_N1_v1.0_factice.er7  AA created
lps_v1.1/ack.er7                               -  answer
"""
LINES = [line.split() for line in EXPECTED.strip().splitlines()]


pytestmark = [pytest.mark.reference, pytest.mark.django_db]


@pytest.fixture
def senders(facility: Facility) -> None:
    make_sender(facility)
    for application, code in (("RIS-Y", "Organisation-Y"), ("PFI-Y", "Organisation-Y"), ("SIL-Y", "labo")):
        make_sender(facility, application, code, documents=True)


@pytest.mark.usefixtures("senders")
@pytest.mark.parametrize(("path", "code", "outcome"), LINES)
def test_a_sample(path: str, code: str, outcome: str) -> None:
    content = (samples() / path).read_bytes()
    reply = take(content)
    answered = [read_ack(answer)[0] for answer in reply.answers]
    assert answered == ([] if code == "-" else [code])
    row = FlowMessage.objects.get(pk=reply.message_id)
    assert (row.state, row.outcome) == ("fait", outcome)
    assert bytes(row.content or b"") == content
    assert Patient.objects.count() == (outcome == "created")


@pytest.mark.usefixtures("senders")
@pytest.mark.prove
def test_every_sample_one_after_the_other(proof: Proof) -> None:
    """The whole folder into one platform: what was created first is recognised afterwards."""
    figures: dict[str, str] = {}
    for path, code, _outcome in LINES:
        reply = take((samples() / path).read_bytes())
        answered = [read_ack(answer)[0] for answer in reply.answers]
        row = FlowMessage.objects.get(pk=reply.message_id)
        assert (answered, row.state) in (([] if code == "-" else [code], "fait"), (["AA"], "attente"))
        figures[path] = f"{' '.join(answered) or 'aucune réponse'}, {OUTCOMES.get(row.outcome, row.outcome)}"
    assert {path for path, _code, _outcome in LINES} == {
        str(path.relative_to(samples())) for path in samples().rglob("*.*") if path.suffix in (".er7", ".hl7")
    }
    proof.record(issue=6, title="HL7 v2 : les exemples, à la suite", figures={"fichiers": len(figures), **figures})
