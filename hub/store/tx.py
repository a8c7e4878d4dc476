"""What every group of reads or writes stands on: a driver inside one transaction."""

from hub.store.driver import Driver


class Tx:
    """One transaction. Lives as long as its `with` block; never kept."""

    def __init__(self, db: Driver) -> None:
        self.db = db
