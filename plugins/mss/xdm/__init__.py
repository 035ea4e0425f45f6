"""XDM envelopes (IHE_XDM.zip): built from artifacts, read from untrusted bytes; metadata by ``dcc.contracts.xds``."""
