"""TOML as the demo city writes it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any


def table(heading: str, values: Mapping[str, Any]) -> str:
    """A table under its heading (none: the top of the file)."""
    lines = [f"{_key(key)} = {_value(value)}" for key, value in values.items()]
    return "\n".join([*([heading] if heading else []), *lines, ""])


def _key(key: str) -> str:
    return key if key.isascii() and key.replace("_", "").isalnum() else json.dumps(key, ensure_ascii=False)


def _value(value: Any) -> str:
    """A TOML value. JSON's strings, numbers and booleans are TOML's too."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    if isinstance(value, dt.date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)
