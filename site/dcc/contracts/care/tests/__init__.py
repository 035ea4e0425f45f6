"""Acts, syntheses and chronology, cell by cell."""
