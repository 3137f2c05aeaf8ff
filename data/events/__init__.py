"""What happened that somebody must act on: from the first report to the closed event. One file a subject."""

from __future__ import annotations

from data.events.book import Events, events_url

__all__ = ["Events", "events_url"]
