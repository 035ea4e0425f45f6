"""Pages of the room: terms to accept, one's own commitments, proofs; and those of the admin."""
