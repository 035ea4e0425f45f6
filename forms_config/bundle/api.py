"""Door of the bundles: a form and all it needs, signed, from one platform to another.

::

    content = export_form(actor=edith, key="frcp_sein")                     # there
    report = look_at(actor=elise, content=content)                          # here: nothing stored
    import_bundle(actor=elise, content=content, consent=Consent(fingerprint=report.fingerprint))

What is imported is a draft that somebody else approves. A form of another platform belongs to it: here it only holds what that
platform signed (:func:`check_origin`), and an editor who wants to change it adopts a copy (``forms_config.api.duplicate_form``).
"""

from forms_config.bundle.contents import Publisher, Signed, read
from forms_config.bundle.errors import BundleRefused, ConfirmationNeeded
from forms_config.bundle.exporting import export_form
from forms_config.bundle.importing import import_bundle, is_known, look_at, publish_imported
from forms_config.bundle.keys import grouped
from forms_config.bundle.origins import check_origin, origin_of
from forms_config.bundle.parts import Consent
from forms_config.bundle.report import Line, Report, State

__all__ = [
    "BundleRefused",
    "ConfirmationNeeded",
    "Consent",
    "Line",
    "Publisher",
    "Report",
    "Signed",
    "State",
    "check_origin",
    "export_form",
    "grouped",
    "import_bundle",
    "is_known",
    "look_at",
    "origin_of",
    "publish_imported",
    "read",
]
