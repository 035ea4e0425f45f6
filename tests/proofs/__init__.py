"""Proofs: what « make prove » records of its campaigns (``docs/proofs``), and what a run was made on."""
