"""What is said to people, in both languages, and how what they wrote is quoted back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Lang = Literal["zh", "en"]

#: A value is quoted in a message up to this many characters: enough to recognise a cell,
#: too little for one pasted document to fill a screen.
QUOTE_CHARS = 80


def quote(value: object, limit: int = QUOTE_CHARS) -> str:
    """``value`` as it is shown inside a message: one line of text, at most ``limit`` characters."""
    text = " ".join(str(value).encode("utf-8", "replace").decode().split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


@dataclass(frozen=True, slots=True)
class Both:
    """Words in both languages: said in the reader's."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.en
