"""What the parts of a page have in common: a Dash component whose browser half is ``assets/page/*.js``.

A part has one property, ``data``: what it shows, made by its ``describe``. The page's layout never changes,
only ``data`` does (a callback that returns ``children`` would mount everything anew). What the person
does in a part changes the page's address, and the address asks the server (see ``assets/page/address.js``).
"""

from __future__ import annotations

from typing import Any

from dash.development.base_component import Component


class Part(Component):
    """Base of the parts; a subclass sets ``_type`` and perhaps ``_prop_names``."""

    _children_props: list[str] = []  # noqa: RUF012  (Dash declares them on instances)
    _base_nodes: list[str] = ["children"]  # noqa: RUF012
    _namespace = "onescreen"
    _type = "Part"
    _prop_names: list[str] = ["id", "data"]  # noqa: RUF012
    _valid_wildcard_attributes: list[str] = []  # noqa: RUF012
    available_wildcard_properties: list[str] = []  # noqa: RUF012

    def __init__(self, id: str, **properties: Any) -> None:
        self.available_properties = self._prop_names
        super().__init__(id=id, **properties)  # type: ignore[no-untyped-call]  # Dash's own is not typed
