"""Revisions of the store, oldest first; see ``data/migrate.py``."""
