"""Patient-rights texts: national text 2, text 1 national, then region, then establishment (R-037...R-042)."""
