"""Zip containers looked into before anybody trusts them.

A parser that believes a container's directory can be made to fill any memory. So the directory is
held to limits first, and then every part is inflated here, never further than it claims.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

from data.errors import FileTooLarge
from data.formats.base import parsing, unreadable

#: Bytes of all parts together, inflated: a sheet of a million rows and ten columns is about 500 MB of XML.
MAX_INFLATED = 800_000_000

#: Inflated by packed bytes of one part. Sheets of one repeated row reach about 80 in practice; deflate can reach 1,032.
MAX_RATIO = 300

#: A part under this size may have any ratio: it harms nobody.
SMALL_PART = 1_000_000

#: Parts of a workbook: a sheet has a handful each; ten thousand is a directory meant to be slow.
MAX_PARTS = 10_000

_LOCAL_HEADER = 30
_ENCRYPTED = 0x1


def inspect(path: Path, format_: str) -> dict[str, zipfile.ZipInfo]:
    """The directory of a zip container by part name, held to the limits above.

    Raises UnreadableFile (not a zip, encrypted, an unknown packing, a name twice) and FileTooLarge.
    """
    with parsing(path, format_), zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    if len(parts) > MAX_PARTS or len({part.filename for part in parts}) < len(parts):
        raise unreadable(path, format_, "压缩包目录异常", "its directory is not a workbook's")
    inflated = sum(part.file_size for part in parts)
    if inflated > MAX_INFLATED:
        raise FileTooLarge(file=path.name, size=f"{inflated:,} B", limit=f"{MAX_INFLATED:,} B")
    for part in parts:
        _check_part(path, format_, part)
    return {part.filename: part for part in parts}


def _check_part(path: Path, format_: str, part: zipfile.ZipInfo) -> None:
    if part.flag_bits & _ENCRYPTED:
        raise unreadable(path, format_, "文件已加密", "it is encrypted")
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise unreadable(path, format_, "压缩方式未知", "a part is packed in an unknown way")
    if part.file_size > SMALL_PART and part.file_size > MAX_RATIO * part.compress_size:
        raise unreadable(path, format_, "压缩比异常，疑为压缩炸弹", "a part unpacks beyond reason (zip bomb)")


def inflate(path: Path, format_: str, part: zipfile.ZipInfo) -> bytes:
    """The part's bytes, exactly as many as its directory entry claims; UnreadableFile otherwise."""
    with parsing(path, format_), path.open("rb") as file:
        packed = _packed(file, part)
        inflated, ended = (packed, True) if part.compress_type == zipfile.ZIP_STORED else _deflated(packed, part)
        genuine = ended and len(inflated) == part.file_size and zlib.crc32(inflated) == part.CRC
    if not genuine:
        raise unreadable(path, format_, "内容与压缩包目录不符", "a part is not what the directory claims")
    return inflated


def _packed(file: BinaryIO, part: zipfile.ZipInfo) -> bytes:
    file.seek(part.header_offset)
    header = file.read(_LOCAL_HEADER)
    name, extra = int.from_bytes(header[26:28], "little"), int.from_bytes(header[28:30], "little")
    file.seek(name + extra, 1)
    return file.read(part.compress_size)


def _deflated(packed: bytes, part: zipfile.ZipInfo) -> tuple[bytes, bool]:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    # one byte more than claimed tells a liar
    return stream.decompress(packed, part.file_size + 1), stream.eof
