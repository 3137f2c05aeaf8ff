"""What the parts of a page have in common: a Dash component whose browser half is ``assets/page/*.js``.

A part has one property, ``data``: what it shows, made by its ``describe``. The page's layout never changes,
only ``data`` does (a callback that returns ``children`` would mount everything anew). What the person
does in a part changes the page's address, and the address asks the server (see ``assets/page/address.js``).
"""

from __future__ import annotations

from typing import Any, ClassVar

from dash.development.base_component import Component


class Part(Component):
    """Base of the parts; a subclass sets ``_type`` and the names of its properties."""

    _children_props: ClassVar[list[str]] = []
    _base_nodes: ClassVar[list[str]] = ["children"]
    _namespace = "onescreen"
    _type = "Part"
    _prop_names: ClassVar[list[str]] = ["id", "data"]
    _valid_wildcard_attributes: ClassVar[list[str]] = []
    available_properties: ClassVar[list[str]] = ["id", "data"]
    available_wildcard_properties: ClassVar[list[str]] = []

    def __init__(self, id: str, **properties: Any) -> None:
        super().__init__(id=id, **properties)
