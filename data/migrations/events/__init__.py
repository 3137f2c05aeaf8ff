"""Revisions of the book of events, oldest first; see ``data/migrate.py``."""
