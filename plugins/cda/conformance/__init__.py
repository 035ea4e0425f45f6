"""Conformance of CDA documents: XSD and ISO Schematron of the official kit, our own assertions, findings in French.

The kit itself is data that each region installs (``manage.py install_kit``); nothing of it is in the product. Rules run in the
one conformance process of a host; web and worker processes talk to it through :mod:`plugins.cda.conformance.client`.
Not here: codecs of the volets, readiness of a document before its validation.
"""
