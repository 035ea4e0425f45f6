"""The after-cancer programme (programme personnalisé de l'après-cancer, R-209): a type of document of a region's own.

No national volet describes it (CDC 2025 §2.5.2): its content is the catalogue of this folder, it travels as a PDF in a CDA of
level 1, and it leaves the platform once validated. Off by default. It is nothing but data: the core and the other plugins know it
from the registry only.
"""
