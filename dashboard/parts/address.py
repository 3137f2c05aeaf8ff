"""The address bar, and the pulse of the server: the only parts of the page that ask it anything."""

from __future__ import annotations

from dashboard.parts.base import Part


class Address(Part):
    """``search`` and ``path``: of the address, written by the browser. ``data``: {"search", "state", "plain", "words",
    "title"}: the address as the server understood it, put in place without a new entry in the history.
    ``pulse``: {"version", "n"} whenever the server has news or is back."""

    _type = "Address"
    _prop_names = ["id", "search", "path", "data", "pulse"]  # noqa: RUF012
