"""What the body of a mail says: to a professional, to a patient. Never anything clinical: mail is read over shoulders."""

from __future__ import annotations

from plugins.mss.apps import MssSettings

_REPLACED = "Ce document annule et remplace celui que vous avez reçu auparavant."
_DELETED = "Le document que vous avez reçu auparavant est retiré : il ne doit plus être utilisé."
_CHANGES = {"new": "", "replace": _REPLACED, "delete": _DELETED}


def body_for_professional(label: str, action: str, settings: MssSettings) -> str:
    """Plain text; ``label`` is the type of the document."""
    answer = f"Pour répondre, écrivez à {settings.reply_to}." if settings.reply_to else "Ce message n'attend pas de réponse."
    paragraphs = (
        "Bonjour,",
        f"Vous trouverez ci-joint le document « {label} » de la personne nommée dans l'objet de ce message.",
        _CHANGES[action],
        "Il est joint sous deux formes : l'archive IHE_XDM.zip, que votre logiciel intègre, et un fichier PDF à lire.",
        f"Ce message est envoyé automatiquement par {settings.name or settings.address}. {answer}",
    )
    return "\n\n".join(filter(None, paragraphs)) + "\n"


def body_for_patient(label: str, action: str, settings: MssSettings) -> str:
    """Plain text, for everybody to understand."""
    change = "Il remplace celui que vous avez déjà reçu." if action == "replace" else _CHANGES[action]
    paragraphs = (
        "Bonjour,",
        f"Votre équipe de soins vous remet ce document : {label}. Il est à vous, vous pouvez le garder et le montrer.",
        change,
        "Pour le lire, ouvrez le fichier PDF joint. L'autre fichier (IHE_XDM.zip) sert aux logiciels des soignants.",
        "Si un point vous inquiète ou n'est pas clair, parlez-en avec votre équipe de soins ou votre médecin.",
        "Ce message est envoyé automatiquement : vous ne pouvez pas y répondre. En cas d'urgence, appelez le 15.",
        settings.name or settings.address,
    )
    return "\n\n".join(filter(None, paragraphs)) + "\n"
