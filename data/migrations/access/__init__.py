"""Revisions of the book of who may look, oldest first; see ``data/migrate.py``."""
