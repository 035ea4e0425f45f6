"""What a form or a text is proved by before it is published: documents of nobody in every output, checked and read back.

The gate asks (:mod:`forms_config.control.proofs`); renderers, checks and readers answer through the registry.
"""
