"""What a password must be, which ones are known to everybody, when another is asked for. The entrance itself is not here."""
