"""Door of the patient-rights texts (R-037...R-042).

Every FRCP and PPS, in every format, carries two texts under the title :data:`TITLE`: text 1, which the establishment or the
region may word otherwise, then text 2 of the INCa, always the same for all. A document keeps those in force at its validation::

    text_1, text_2 = texts_for(facility_id, at=now)

They are edited in Wagtail, as drafts that another person publishes (:func:`draft_text`, :func:`publish_text`). :func:`reach` says
which establishments a text holds in and which keep their own, :func:`proposal` what a draft would change, :func:`past_review`
which texts are to be read again.
"""

from forms_config.legal.proposals import Proposal, proposal
from forms_config.legal.queries import LINK, TITLE, NoLegalText, texts_for
from forms_config.legal.reach import PastReview, Reach, past_review, reach
from forms_config.legal.services import adapt_text, draft_text, ensure_national_texts, propose_text, publish_text

__all__ = [
    "LINK",
    "TITLE",
    "NoLegalText",
    "PastReview",
    "Proposal",
    "Reach",
    "adapt_text",
    "draft_text",
    "ensure_national_texts",
    "past_review",
    "proposal",
    "propose_text",
    "publish_text",
    "reach",
    "texts_for",
]
