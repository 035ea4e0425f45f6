"""An operator of MSSanté played on this machine: it refuses what a real one refuses, and its boxes answer. See decision 0315."""
