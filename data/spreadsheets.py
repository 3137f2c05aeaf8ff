"""Texts that no spreadsheet computes. See OWASP, "CSV Injection".

A text that begins with a sign with which a spreadsheet begins a formula gets an apostrophe in front; so does one that
begins with apostrophes and then such a sign, so that :func:`original` finds back what was meant. Numbers are no texts:
they stay what they are, also below nought.
"""

from __future__ import annotations

#: What a spreadsheet takes for a formula's first character, also behind a tab or a line end; in their wide forms too,
#: which programs for Chinese and Japanese take for the same.
ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

_MARK = "'"


def harmless(text: str) -> str:
    """``text`` so that no spreadsheet computes it: an apostrophe before a formula's first character."""
    return _MARK + text if text.lstrip(_MARK).startswith(ACTIVE) else text


def original(text: str) -> str:
    """What :func:`harmless` was given."""
    return text[1:] if text.startswith(_MARK) and text.lstrip(_MARK).startswith(ACTIVE) else text
