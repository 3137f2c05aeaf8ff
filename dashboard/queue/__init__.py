"""The queue of events on a phone: ``/queue``, a light page that also opens without a network.

The page itself (HTML, scripts, styles) says nothing of anybody, is the same for all, and is kept by a service worker.
What it shows comes as small JSON, which the browser keeps for its reader alone; what somebody does is sent under a key
of its own until the server has answered, and the book knows each key once.
"""

from __future__ import annotations

from dashboard.queue.routes import register

__all__ = ["register"]
