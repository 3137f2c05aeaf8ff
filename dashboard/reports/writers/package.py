"""The zip files that documents are: the same parts make the same bytes, whenever and wherever they are written."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping

_FIRST = dt.datetime(1980, 1, 1)  # noqa: DTZ001 - the first moment that a zip can tell, without a zone
_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms)")
_CONTENTS = "[Content_Types].xml"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def packed(body: bytes, moment: dt.datetime) -> bytes:
    """A package with every time in it set to ``moment`` (UTC): its entries', its properties', those of workbooks
    inside. Entries are sorted by name, the list of contents first, as readers expect."""
    stamp = max(moment, _FIRST).timetuple()[:6]
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w") as new:
        for name in sorted(old.namelist(), key=lambda name: (name != _CONTENTS, name)):
            info = zipfile.ZipInfo(name, stamp)
            info.create_system, info.external_attr = 0, 0  # not the system that it was written on
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, _fixed(name, old.read(name), moment))
    return out.getvalue()


def _fixed(name: str, part: bytes, moment: dt.datetime) -> bytes:
    if name.endswith(".xlsx"):
        return packed(part, moment)
    if name == "docProps/core.xml":
        return _MOMENT.sub(rb"\g<1>" + moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode() + rb"\g<2>", part)
    return part


def assembled(parts: Mapping[str, str]) -> bytes:
    """A package of these parts, name -> XML without its declaration; the same bytes whenever it is made."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), _DECLARATION + part)
    return out.getvalue()
