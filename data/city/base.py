"""What all tables of a city file have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A table: an unknown key is an error, so that a misspelt one is not silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)
