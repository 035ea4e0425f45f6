"""Fictitious professionals, written in the claims of Pro Santé Connect (names and spelling of its userinfo, values of ours)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_EMPTY = [
    "codeModeExercice",
    "codeSecteurDactivite",
    "codeSectionPharmacien",
    "codeRole",
    "codeGenreActivite",
    "numeroSiretSite",
    "numeroSirenSite",
    "numeroFinessSite",
    "numeroFinessetablissementJuridique",
    "identifiantTechniqueDeLaStructure",
    "raisonSocialeSite",
    "enseigneCommercialeSite",
    "complementDestinataire",
    "complementPointGeographique",
    "numeroVoie",
    "indiceRepetitionVoie",
    "codeTypeDeVoie",
    "libelleVoie",
    "mentionDistribution",
    "bureauCedex",
    "codePostal",
    "codeCommune",
    "codePays",
    "telephone",
    "telephone2",
    "telecopie",
    "adresseEMail",
    "codeDepartement",
    "ancienIdentifiantDeLaStructure",
    "autoriteDenregistrement",
]

_ALIKE = {
    "Mode_Acces_Raison": "",
    "Acces_Regulation_Medicale": "FAUX",
    "PSI_Locale": "1.2.250.1.213.1.3.1.1",
    "UITVersion": "1.0",
    "Palier_Authentification": "APPPRIP3^1.2.250.1.213.1.5.1.1.1",
    "authMode": "MOBILE",
}


def activity(name: str, *, finess: str = "", city: str = "", **claims: str) -> dict[str, str]:
    """A place of work: salaried in a hospital when it has a FINESS number, else a private practice."""
    place = {"codeModeExercice": "L", "codeSecteurDactivite": "SA07"}
    if finess:
        place = {
            "codeModeExercice": "S",
            "codeSecteurDactivite": "SA01",
            "numeroFinessSite": finess,
            "identifiantTechniqueDeLaStructure": f"F{finess}",
            "ancienIdentifiantDeLaStructure": f"1{finess}",
        }
    return dict.fromkeys(_EMPTY, "") | {"raisonSocialeSite": name, "bureauCedex": city} | place | claims


def professional(
    identifier: str,
    family: str,
    given: str,
    activities: Sequence[Mapping[str, str]],
    *,
    profession: str = "10",
    speciality: str = "SM36",
    title: str = "DR",
    civil: str = "MME",
    category: str = "C",
) -> dict[str, Any]:
    """The claims of somebody with one profession."""
    exercise = {
        "codeProfession": profession,
        "codeCategorieProfessionnelle": category,
        "codeCiviliteDexercice": title,
        "nomDexercice": family,
        "prenomDexercice": given,
        "codeTypeSavoirFaire": "S" if speciality else "",
        "codeSavoirFaire": speciality,
        "activities": [dict(row) for row in activities],
    }
    first = activities[0] if activities else {}
    return {
        "sub": f"f:0c1d7d3e-0000-4000-8000-000000000001:{identifier}",
        "SubjectNameID": identifier,
        "preferred_username": identifier,
        "given_name": given,
        "family_name": family,
        "Secteur_Activite": f"{first.get('codeSecteurDactivite', '')}^1.2.250.1.71.4.2.4" if first else "",
        "SubjectOrganization": first.get("raisonSocialeSite", ""),
        "SubjectOrganizationID": first.get("identifiantTechniqueDeLaStructure", ""),
        "SubjectRole": [f"{profession}^1.2.250.1.213.1.1.5.5"],
        **_ALIKE,
        "otherIds": [{"identifiant": identifier, "origine": "RPPS", "qualite": 1}],
        "SubjectRefPro": {"codeCivilite": civil, "exercices": [exercise] if activities or profession else []},
    }


HOSPITAL = activity("CENTRE HOSPITALIER DE DEMONSTRATION", finess="490000031", city="ANGERS")
CLINIC = activity("CLINIQUE D'AILLEURS", finess="440000289", city="NANTES")
PRACTICE = activity("CABINET DU DR MARTIN", city="CHOLET", identifiantTechniqueDeLaStructure="R100490")

PEOPLE: Mapping[str, Mapping[str, Any]] = {
    person["SubjectNameID"]: person
    for person in (
        professional("810000000001", "MARTIN", "Alice", [HOSPITAL, PRACTICE]),
        professional("810000000002", "BERNARD", "Bob", [HOSPITAL], civil="M"),
        professional("810000000003", "CHAUVIN", "Charlie", [CLINIC], civil="M"),
        professional("810000000021", "VIDAL", "Nora", [HOSPITAL], speciality="SM45"),
        professional("810000000022", "LEFEVRE", "Inès", [HOSPITAL], profession="60", speciality="", title=""),
        professional("810000000023", "AUBIN", "Georges", [], civil="M"),
    )
}
"""Alice (two situations) and bob have an account in the demonstration; the others do not; the last one is retired."""
