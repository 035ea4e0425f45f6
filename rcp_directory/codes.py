"""The few national codes that describe an RCP in the directory; a test checks their labels against the shipped value sets.

Source: JDV_J02 (sectors that can host an RCP), JDV_J04 (practice settings), JDV_J245 and JDV_J246 (civilities and titles),
jdv-nature-discussion-cisis, jdv-rcp-appareil-cisis, jdv-rcp-organe-cisis,
JDV_J142 (encounters). The directory is below the terminology room and cannot ask it: whoever calls
:func:`rcp_directory.api.rcp_answers` hands labels over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

SECTOR_SYSTEM = "1.2.250.1.71.4.2.4"
NATURE_SYSTEM = "1.2.250.1.213.1.1.4.322"
ENCOUNTER_SYSTEM = "2.16.840.1.113883.5.4"

SNOMED = "2.16.840.1.113883.6.96"
NCIT = "2.16.840.1.113883.3.26.1.1"
ICD10 = "2.16.840.1.113883.6.3"


class Coded(NamedTuple):
    """A code of a list that draws on several systems."""

    system: str
    label: str


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
BODY_SYSTEMS: Mapping[str, Coded] = {
    "387910009": Coded(SNOMED, "glande endocrine"),
    "57171008": Coded(SNOMED, "structure du système hématopoïétique"),
    "1290040004": Coded(SNOMED, "œil entier"),
    "272673000": Coded(SNOMED, "os"),
    "39937001": Coded(SNOMED, "peau"),
    "76752008": Coded(SNOMED, "sein"),
    "86762007": Coded(SNOMED, "système digestif"),
    "53065001": Coded(SNOMED, "appareil génital féminin"),
    "90264002": Coded(SNOMED, "appareil génital masculin"),
    "25087005": Coded(SNOMED, "système nerveux"),
    "122489005": Coded(SNOMED, "système urinaire"),
    "312419003": Coded(SNOMED, "appareil respiratoire et/ou cavité thoracique"),
    "87784001": Coded(SNOMED, "tissus mous"),
    "119253004": Coded(SNOMED, "voie aérodigestive supérieure"),
}
ORGANS: Mapping[str, Coded] = {
    "57171008": Coded(SNOMED, "structure du système hématopoïétique"),
    "C3211": Coded(NCIT, "lymphome non hodgkinien"),
    "C88": Coded(ICD10, "Maladies immunoprolifératives malignes"),
    "C9357": Coded(NCIT, "Lymphome de Hodgkin"),
    "C3483": Coded(NCIT, "leucémie chronique"),
    "C3163": Coded(NCIT, "Leucémie lymphocytique chronique"),
    "C3167": Coded(NCIT, "Leucémie lymphoblastique aiguë"),
    "C3172": Coded(NCIT, "Leucémie myéloïde"),
    "C3171": Coded(NCIT, "leucémie myéloïde aiguë"),
    "C3174": Coded(NCIT, "leucémie myéloïde chronique BCR-ABL positive"),
    "C4861": Coded(NCIT, "leucémie monocytaire aiguë"),
    "C9300": Coded(NCIT, "leucémie aiguë"),
    "119253004": Coded(SNOMED, "voie aérodigestive supérieure"),
    "MED-237": Coded(NATURE_SYSTEM, "Fosses nasales, sinus, oreille moy/int"),
    "MED-251": Coded(NATURE_SYSTEM, "Colon-Rectum-Anus"),
    "303270005": Coded(SNOMED, "foie et/ou voies biliaires"),
    "C27262": Coded(NCIT, "maladies myélodysplasiques-myéloprolifératives"),
    "C3242": Coded(NCIT, "myélome à cellules plasmatiques"),
    "MED-255": Coded(NATURE_SYSTEM, "Trachée, Bronches, Poumon"),
    "39937001": Coded(SNOMED, "peau"),
    "76752008": Coded(SNOMED, "sein"),
    "306721000": Coded(SNOMED, "os et/ou articulation"),
    "87784001": Coded(SNOMED, "tissus mous"),
    "312419003": Coded(SNOMED, "appareil respiratoire et/ou cavité thoracique"),
    "4596009": Coded(SNOMED, "larynx"),
    "3120008": Coded(SNOMED, "plèvre"),
    "86762007": Coded(SNOMED, "système digestif"),
    "74262004": Coded(SNOMED, "cavité orale"),
    "48477009": Coded(SNOMED, "lèvre de la bouche"),
    "21974007": Coded(SNOMED, "langue"),
    "54066008": Coded(SNOMED, "pharynx"),
    "32849002": Coded(SNOMED, "œsophage"),
    "69695003": Coded(SNOMED, "estomac"),
    "30315005": Coded(SNOMED, "intestin grêle"),
    "385294005": Coded(SNOMED, "glande salivaire"),
    "15776009": Coded(SNOMED, "pancréas"),
    "122489005": Coded(SNOMED, "système urinaire"),
    "431491007": Coded(SNOMED, "voies urinaires supérieures proprement dites"),
    "64033007": Coded(SNOMED, "rein"),
    "89837001": Coded(SNOMED, "vessie"),
    "53065001": Coded(SNOMED, "appareil génital féminin"),
    "C94529": Coded(NCIT, "Vulve et vagin"),
    "23952005": Coded(SNOMED, "corps de l'utérus"),
    "71252005": Coded(SNOMED, "col utérin"),
    "15497006": Coded(SNOMED, "ovaire"),
    "90264002": Coded(SNOMED, "appareil génital masculin"),
    "18911002": Coded(SNOMED, "pénis"),
    "41216001": Coded(SNOMED, "prostate"),
    "40689003": Coded(SNOMED, "testicule"),
    "21483005": Coded(SNOMED, "système nerveux central"),
    "84782009": Coded(SNOMED, "nerf périphérique"),
    "1290040004": Coded(SNOMED, "œil entier"),
    "387910009": Coded(SNOMED, "glande endocrine"),
    "23451007": Coded(SNOMED, "glande surrénale"),
    "69748006": Coded(SNOMED, "glande thyroïde"),
    "72410000": Coded(SNOMED, "médiastin"),
    "C12664": Coded(NCIT, "Péritoine-rétropéritoine"),
}
