"""Pro Santé Connect against the stand-in of the sandbox, and against a certified provider (oidc-provider, Node)."""
