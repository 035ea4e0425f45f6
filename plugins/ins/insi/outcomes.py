"""What an answer that is no ``RESULTAT`` means for whoever asked: one table. Nothing here lowers a status.

Source: faults seen on the qualification server (ins.md §1.6). A fault that no row names follows the side that it blames.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from dcc.contracts.errors import DeliveryError, NotConfigured, Refused, RetryLater
from plugins.ins.insi.reading import Fault
from plugins.ins.insi.transport import Reply

TABLE = """
insi_102   retry     le service de recherche est momentanément indisponible
desir_550  settings  le numéro d'autorisation du logiciel (IDAM) n'est pas connu
desir_560  settings  le certificat présenté ne donne pas ce droit : son CN doit être INSI-AUTO ou INSI-MANU
siram_40   retry     le service est momentanément inaccessible
siram_100  settings  ce logiciel n'est pas autorisé à appeler le service
sender     refused   la demande n'est pas acceptée
receiver   retry     le service est en erreur
"""
HTTP: Mapping[int, str] = {401: "settings", 403: "settings", 404: "settings", 429: "retry"}
"""What a status without SOAP means; the others: 5xx and 2xx ``retry``, else ``refused``."""
_ERRORS: Mapping[str, type[DeliveryError]] = {"retry": RetryLater, "settings": NotConfigured, "refused": Refused}
_ROWS = {row[0]: (row[1], row[2]) for row in (line.split(None, 2) for line in TABLE.strip().splitlines())}


def of_fault(fault: Fault) -> DeliveryError:
    """What to raise for a SOAP fault."""
    known = next((name for name in (fault.code, fault.subcode) if name in _ROWS), "sender" if fault.ours else "receiver")
    kind, words = _ROWS[known]
    codes = f" ({fault.words})" if fault.words else ""
    return _ERRORS[kind](_("INSi : %(words)s%(codes)s") % {"words": words, "codes": codes})


def of_http(reply: Reply) -> DeliveryError:
    """What to raise for a reply that is no SOAP at all."""
    kind = HTTP.get(reply.status, "retry" if reply.status >= 500 or reply.status < 300 else "refused")
    return _ERRORS[kind](_("INSi : réponse inattendue (HTTP %s, sans message du service)") % reply.status)
