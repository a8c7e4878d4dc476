"""The schema's history, one for SQLite and PostgreSQL. Files: `{version}_{nn}_{pre|post}_{what}.py`; `pre` runs before
the new code serves (adds), `post` after the old code is gone (removes)."""
