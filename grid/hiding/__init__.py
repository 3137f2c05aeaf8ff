"""Disclosure control: small numbers, and the numbers that would give them away, hidden in every table alike."""

from __future__ import annotations

from grid.hiding.conceal import THRESHOLD, Hiding

__all__ = ["THRESHOLD", "Hiding"]
