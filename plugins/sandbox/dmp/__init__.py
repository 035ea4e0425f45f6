"""A stand-in of the DMP behind the region's proxy of the trust space: over mutual TLS, strict, on loopback, never in production.

Written from dmp_psc.md alone: it shares nothing with the plugin DMP, so that two errors do not cancel out.
"""
