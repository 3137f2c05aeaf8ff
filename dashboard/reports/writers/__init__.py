"""The formats that a report is written in. A new one is one file here and its name in WRITERS.

A writer is a function from a report and its pictures to the bytes of one file: the same report gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from dashboard.reports.drawing import Pictures
from dashboard.reports.model import Report
from dashboard.reports.writers import docx, pdf, pptx, xlsx

Writer = Callable[[Report, Pictures], bytes]

#: Suffix of the file -> its writer.
WRITERS: Mapping[str, Writer] = MappingProxyType({
    "docx": docx.write,
    "pdf": pdf.write,
    "xlsx": xlsx.write,
    "pptx": pptx.write,
})  # fmt: skip

__all__ = ["WRITERS", "Writer"]
