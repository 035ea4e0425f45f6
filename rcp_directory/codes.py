"""The few national codes that describe an RCP in the directory; a test checks their labels against the shipped value sets.

Source: JDV_J02 (sectors that can host an RCP), JDV_J04 (practice settings), JDV_J245 and JDV_J246 (civilities and titles),
jdv-nature-discussion-cisis, JDV_J142 (encounters). The directory is below the terminology room and cannot ask it: whoever calls
:func:`rcp_directory.api.rcp_answers` hands labels over.
"""

from __future__ import annotations

SECTOR_SYSTEM = "1.2.250.1.71.4.2.4"
NATURE_SYSTEM = "1.2.250.1.213.1.1.4.322"
ENCOUNTER_SYSTEM = "2.16.840.1.113883.5.4"

SECTORS = {
    "SA01": "Etablissement public de santé",
    "SA02": "Hôpital militaire du Service de santé des armées",
    "SA03": "Etablissement privé PSPH",
    "SA04": "Etablissement privé non PSPH",
    "SA05": "Centre de santé",
    "SA36": "Centre anti-cancer",
    "SA51": "Structure de coopération avec autorisation de soins",
    "SA57": "Structure de coopération avec mission de coordination de soins",
    "SA63": "Structures de coordination et d'orientation",
}
PRACTICE_SYSTEM = "1.2.250.1.213.1.1.4.9"
PRACTICES = {
    "ETABLISSEMENT": "Etablissement de santé",
    "AMBULATOIRE": "Ambulatoire",
    "HAD": "Hospitalisation à domicile",
    "ESSMS": "Etablissement ou Service Social ou Médico-Social",
}
CIVILITIES = {"M": "Monsieur", "MME": "Madame"}
TITLES = {
    "DR": "Docteur",
    "PR": "Professeur",
    "MC": "Médecin chef",
    "MG": "Médecin général",
    "PC": "Pharmacien chef",
    "PG": "Pharmacien général",
}
NATURES = {
    "ORG-117": "RCP Appareil - Organes",
    "ORG-132": "RCP Transversale et de soins de support",
}
VIRTUAL = "VR"
ENCOUNTERS = {
    VIRTUAL: "Virtuelle (exemple : RCP en l'absence du patient)",
    "AMB": "Ambulatoire (hors établissement)",
    "IMP": "Hospitalisation (établissement, y compris HAD)",
}
