"""Value sets (JDV): versions, effective dates, search in lists of thousands of codes."""
