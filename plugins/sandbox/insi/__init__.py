"""A stand-in of INSi for demonstration and tests: over mutual TLS, strict, in memory, on loopback, never in production."""
