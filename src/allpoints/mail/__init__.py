"""Sealed messages as the hub carries them: it checks whose they are and for whom, and opens none.

Each is an act within the asker's transaction, written into the log with no more than an envelope's head says.
`carrying.py` takes messages and hands them out, `attachments.py` their attachments, `public_keys.py` keeps the keys by
which bureaus know and seal to each other, and `expiring.py` is the housekeeper's part.
"""
