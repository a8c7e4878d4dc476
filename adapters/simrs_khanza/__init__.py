"""SIMRS Khanza (and forks): a hospital's tables read as one row per visit with its groups."""
