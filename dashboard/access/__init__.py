"""Who is let in: sign-in and sign-out, sessions and tokens, forged and too frequent requests, the users' pages.

What somebody who is in may *see* is not decided here but by :mod:`dashboard.queries`, from the viewer that the gate
makes.
"""

from __future__ import annotations

from dashboard.access.doors import only_here, register
from dashboard.access.gate import viewer_of, visitor
from dashboard.access.rules import Rules

__all__ = ["Rules", "only_here", "register", "viewer_of", "visitor"]
