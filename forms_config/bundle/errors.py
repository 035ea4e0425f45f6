"""What can be wrong with a bundle."""


class BundleRefused(ValueError):
    """A bundle cannot be read, trusted or imported; the message is French and says what to do. Nothing was stored."""


class ConfirmationNeeded(BundleRefused):
    """A person must confirm something first: an unknown publisher, or the replacement of a newer content."""
