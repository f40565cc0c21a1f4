"""Every figure that the README claims is a command here."""
