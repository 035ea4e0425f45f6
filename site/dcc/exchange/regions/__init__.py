"""FRCP between two DCC: sent to be completed, worked on by one of them only, given back, replaced (CDC §2.1.4, R-078...R-089)."""
