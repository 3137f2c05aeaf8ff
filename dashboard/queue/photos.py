"""Photos as evidence: JPEG or PNG within limits, and nothing in them but the picture.

A phone writes where and by whom a photo was taken into the file. Our own page draws it anew before it is sent; here it
is taken out of whatever else may come. Structures: ITU-T T.81 annex B (JPEG), W3C PNG third edition, section 5.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from data.errors import BadQuestion
from data.words import Both

#: Photos of one step, bytes of one, and the longer side of what the page sends: a door plate is read at 1600.
MOST_PHOTOS, PHOTO_BYTES, PHOTO_PIXELS = 3, 500_000, 1600
#: Longest side that is taken: four times as much is another picture than a phone's.
LONGEST_SIDE = 8000

_PNG = b"\x89PNG\r\n\x1a\n"
#: Of a PNG: what is drawn. All else is words, times and data of the camera.
_DRAWN = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT"})
#: Of a JPEG's APPn segments: how those begin that say how its colours are meant. The others go, and comments.
_COLOURS = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_WORDS = frozenset({*range(0xE0, 0xF0), 0xFE})
#: Segments that begin a frame and tell its size; the one that begins a scan, whose data follow it.
_FRAMES = frozenset({*range(0xC0, 0xD0)}) - {0xC4, 0xC8, 0xCC}
_SCAN = 0xDA
_MARKER = re.compile(rb"\xff(?=[^\x00\xd0-\xd7\xff])", re.DOTALL)


def clean(body: bytes) -> tuple[str, bytes]:
    """(media type, the picture alone) of a photo; BadQuestion if it is none, or too large."""
    if len(body) > PHOTO_BYTES:
        size, most = f"{len(body) // 1000} kB", f"{PHOTO_BYTES // 1000} kB"
        raise _refused(f"照片 {size}，上限 {most}，请缩小后再送", f"a photo of {size}; at most {most}: make it smaller")
    try:
        if body.startswith(_PNG):
            return "image/png", _png(body)
        if body.startswith(b"\xff\xd8"):
            return "image/jpeg", _jpeg(body)
    except (struct.error, IndexError) as error:
        raise _refused("照片不完整，请重拍", "the photo is not whole: take it again") from error
    raise _refused("照片须为 JPEG 或 PNG", "a photo is JPEG or PNG")


def _png(body: bytes) -> bytes:
    width, height = struct.unpack(">II", body[16:24])
    _fits(width, height)
    chunks = list(_chunks(body))
    if chunks[-1][0] != b"IEND":
        raise IndexError("cut off")
    return _PNG + b"".join(chunk for name, chunk in chunks if name in _DRAWN)


def _chunks(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, name = len(_PNG), b""
    while at < len(body) and name != b"IEND":
        (length,) = struct.unpack(">I", body[at : at + 4])
        name, end = body[at + 4 : at + 8], at + 12 + length
        if end > len(body):
            raise IndexError("cut off")
        yield name, body[at:end]
        at = end


def _jpeg(body: bytes) -> bytes:
    """The first picture alone: some phones write a second one behind it, or a film, each with words of its own."""
    kept, at, framed, scanned = [body[:2]], 2, False, False
    while body[at : at + 2] != b"\xff\xd9":
        mark, length = _segment(body, at)
        if mark in _FRAMES:
            height, width = struct.unpack(">HH", body[at + 5 : at + 9])
            _fits(width, height)
            framed = True
        end = at + length
        if mark == _SCAN:
            end, scanned = _scanned(body, end), True
        if mark not in _WORDS or (mark in _COLOURS and body.startswith(_COLOURS[mark], at + 4)):
            kept.append(body[at:end])
        at = end
    if not (framed and scanned):
        raise IndexError("cut off")
    return b"".join([*kept, b"\xff\xd9"])


def _segment(body: bytes, at: int) -> tuple[int, int]:
    """(marker, bytes) of what begins at a place; IndexError."""
    first, mark, length = struct.unpack(">BBH", body[at : at + 4])
    if first != 0xFF or mark in (0x00, 0xFF) or at + 2 + length > len(body):
        raise IndexError("no segment")
    return mark, 2 + length


def _scanned(body: bytes, at: int) -> int:
    """Where the data of a scan end: at the next marker but restarts; 0xFF that is data has a 0 behind it."""
    found = _MARKER.search(body, at)
    if found is None:
        raise IndexError("cut off")
    return found.start()


def _fits(width: int, height: int) -> None:
    if not (0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE):
        said = f"{width} × {height}"
        raise _refused(f"照片尺寸 {said}，上限 {LONGEST_SIDE}", f"a photo of {said}; at most {LONGEST_SIDE}")


def _refused(zh: str, en: str) -> BadQuestion:
    return BadQuestion(detail=Both(zh, en))
