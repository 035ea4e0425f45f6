"""The publication gate's heavy half: proofs of what is about to be published, their reports, and the pages that show them.

Rooms above say what a proof is (:mod:`forms_config.control.proofs`); this package runs it, keeps what it found under the hash of
what was proved, and answers whether something was proved already. It knows no document, no renderer and no official kit.
"""
