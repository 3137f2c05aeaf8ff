"""Shapefile in a zip, its table in GBK, as the offices' programs expect; a read-me maps its short column names.

The table's names hold 10 bytes, its texts 254: longer names are shortened and told apart by a number, longer texts
are cut at a whole character. A character that GBK does not have becomes "?", and the read-me counts them.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyogrio

from dashboard.exports import arrow
from dashboard.exports.layer import Format, Layer, about

NAME_BYTES = 10
TEXT_BYTES = 254
ENCODING = "GBK"
#: The earliest moment that a zip file can hold.
EPOCH = (1980, 1, 1, 0, 0, 0)


def write(layer: Layer) -> bytes:
    """A zip of .shp, .shx, .dbf (GBK), .cpg, .prj and a read-me."""
    names = short_names([column.id for column in layer.columns])
    made, lost = _in_gbk(arrow.table(layer))
    made = made.rename_columns([*names, arrow.GEOMETRY])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{layer.id}.shp"
        pyogrio.write_arrow(
            made, path, driver="ESRI Shapefile", geometry_name=arrow.GEOMETRY, crs="EPSG:4326",
            geometry_type="Polygon" if layer.geometry == "Polygon" else "LineString", encoding=ENCODING,
            layer_options={"DBF_DATE_LAST_UPDATE": f"{layer.known:%Y-%m-%d}"},
        )  # fmt: skip
        files = {one.name: one.read_bytes() for one in sorted(Path(folder).iterdir())}
    files[f"{layer.id}.cpg"] = ENCODING.encode()
    files["readme.txt"] = _readme(layer, names, lost).encode("utf-8-sig")
    return zipped(files)


def short_names(names: Sequence[str]) -> list[str]:
    """The names within NAME_BYTES bytes, each once whatever its case; a state keeps a telling end (``_st``)."""
    made: list[str] = []
    for name in names:
        body, end = (name.removesuffix("_state"), "_st") if name.endswith("_state") else (name, "")
        made.append(next(one for one in _shorter(body, end) if one.lower() not in {m.lower() for m in made}))
    return made


def _shorter(body: str, end: str) -> list[str]:
    ends = [end, *(f"{n}{end}" for n in range(1, 100))]
    return [body[: NAME_BYTES - len(tail)] + tail for tail in ends]


def _in_gbk(made: pa.Table) -> tuple[pa.Table, int]:
    """The table with texts that GBK can hold, and how many characters it could not."""
    lost = 0
    for at, field in enumerate(made.schema):
        if pa.types.is_string(field.type):
            texts = made.column(at).to_pylist()
            kept = [None if text is None else _fits(text) for text in texts]
            lost += sum((new or "").count("?") - (old or "").count("?") for old, new in zip(texts, kept, strict=True))
            made = made.set_column(at, field, pa.array(kept, field.type))
    return made, max(lost, 0)


def _fits(text: str) -> str:
    return text.encode("gbk", "replace")[:TEXT_BYTES].decode("gbk", "ignore")


def _readme(layer: Layer, names: Sequence[str], lost: int) -> str:
    zh = layer.lang == "zh"
    lines = [f"{name}: {text}" for name, text in about(layer)]
    lines += ["", "字段（dbf 为 GBK 编码）：" if zh else "Columns (the dbf is GBK):"]
    lines += [
        f"{name:<10}  {column.id}  {column.zh} / {column.en}" for name, column in zip(names, layer.columns, strict=True)
    ]
    lines += [f"GBK 中没有的字符以 ? 代替：{lost}" if zh else f"Characters that GBK lacks, written as ?: {lost}"]
    return "\r\n".join(lines) + "\r\n"


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip of files in order of their names, without the time of its making."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as made:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(entry, files[name])
    return sink.getvalue()


FORMAT = Format("shp", "zip", "application/zip", "Shapefile GBK", "Shapefile GBK", write)
