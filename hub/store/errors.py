"""What can go wrong in the store that a caller must handle. Everything else is a bug and propagates."""


class Conflict(Exception):
    """Somebody else wrote first: another version, another owner of an identifier, another sequencer. Redo the part."""


class Unavailable(Exception):
    """The database cannot be reached, is locked beyond the waiting time, or refuses to commit."""
