"""Data only: the derived definitions; a package so that they are shipped."""
