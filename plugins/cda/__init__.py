"""CDA R2: codecs of the volets, N3 and N1 renderers, readers, conformance checker."""
