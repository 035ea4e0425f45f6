"""A stand-in of Pro Santé Connect for demonstration and tests: strict, in memory, on loopback, never in production."""
