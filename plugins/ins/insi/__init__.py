"""The INSi teleservice: the search by traits, its answers kept as they came, its faults (ins.md §1)."""
