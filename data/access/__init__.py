"""Who may look, and who looked. One file a subject: users, sessions, tokens, the log."""

from __future__ import annotations

from data.access.book import Access, access_url

__all__ = ["Access", "access_url"]
