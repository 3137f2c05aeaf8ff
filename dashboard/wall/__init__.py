"""The wall of the command centre: scenes that nobody touches, from the same questions as the official's page."""

from __future__ import annotations

from dashboard.wall.site import register

__all__ = ["register"]
