"""The doors by which files of strangers come in, each tried with the same table of bad input: the page of import, the command
``import_document``, ``check_cda``, the reader, and the files joined to a document. What is refused says what and where in French,
and leaves nothing behind but its trace. Not the place for the codecs' own tolerance (``plugins/cda/tests``)."""
