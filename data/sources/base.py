"""What a kind of source is: its fields, how their cells are parsed, and what its silence means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from data.city import Replaces
from data.sources import parse
from data.sources.parse import Manner, Parse, plain
from data.words import Lang

#: How a field lies in a checked frame: str or None; datetime64 days; int64; float64 degrees (NaN: none);
#: shapely polygons or None.
Dtype = Literal["text", "day", "count", "degrees", "shape"]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a row says.

    ``required``: a row without it is rejected. ``default``: the text it has where neither a column nor a
    constant gives it. ``also``: headings that are taken for it without a mapping, besides id and zh.
    ``at_once``: parses an array of texts, or gives None and leaves them to ``parse``.
    """

    id: str
    zh: str
    en: str
    parse: Parse
    dtype: Dtype = "text"
    required: bool = False
    default: str | None = None
    also: tuple[str, ...] = ()
    help_zh: str = ""
    help_en: str = ""
    at_once: Callable[[Any, Manner], Any] | None = None

    def name(self, lang: Lang) -> str:
        """The field in the reader's language."""
        return self.zh if lang == "zh" else self.en

    def headings(self) -> set[str]:
        """Headings taken for this field without a mapping, in plain lower case."""
        return {plain_heading(heading) for heading in (self.id, self.zh, *self.also)}


def plain_heading(heading: str) -> str:
    """``heading`` as headings are compared: compatibility form, lower case, no blanks at its ends."""
    return plain(heading).lower()


_FINEST_ZH = "几种位置列可同时给出，取能够落实的最细一级"
_FINEST_EN = "of several place columns the finest that can be located wins"

PLACE_FIELDS: tuple[Field, ...] = (
    Field(
        "lon", "经度", "Longitude", parse.longitude, "degrees", also=("longitude", "lng"),
        help_zh="度；坐标系在 crs 中写明", help_en="degrees; state the system in crs", at_once=parse.at_once(180),
    ),
    Field(
        "lat", "纬度", "Latitude", parse.latitude, "degrees", also=("latitude",),
        help_zh="度；坐标系在 crs 中写明", help_en="degrees; state the system in crs", at_once=parse.at_once(90),
    ),
    Field(
        "cell", "网格", "Cell", parse.cell, also=("网格编号", "网格编码", "h3", "cell_id", "grid_id"),
        help_zh="H3 编号（16 进制或 10 进制），或导入网格的编号",
        help_en="an H3 index (hexadecimal or decimal), or the id of an imported cell",
    ),
    Field(
        "code", "区划代码", "Area code", parse.code, also=("adcode", "统计用区划代码", "行政区划代码"),
        help_zh="任一级的统计用区划代码", help_en="the area code of any level",
    ),
    Field(
        "district", "区县", "District", parse.words, also=("区", "county", "所在区"),
        help_zh=_FINEST_ZH, help_en=_FINEST_EN,
    ),
    Field(
        "street", "街道", "Street", parse.words, also=("街道乡镇", "街镇", "乡镇", "town"),
        help_zh=_FINEST_ZH, help_en=_FINEST_EN,
    ),
    Field(
        "community", "居村", "Community", parse.words, also=("社区", "居委会", "居委", "村居", "village"),
        help_zh=_FINEST_ZH, help_en=_FINEST_EN,
    ),
    Field(
        "text", "位置描述", "Place as text", parse.words, also=("地址", "address"),
        help_zh="含有区域名称的文字", help_en="free text that contains names of areas",
    ),
    Field(
        "area", "区域", "Area", parse.words, also=("地区", "region"),
        help_zh="任一级的名称或代码", help_en="a name or a code of any level",
    ),
)  # fmt: skip

PLACE_IDS = frozenset(place.id for place in PLACE_FIELDS)

#: Fields whose words name places, so that a heading such as "name" is no person's when mapped to them.
NAMES_OF_PLACES = PLACE_IDS | {"name", "name_en", "place", "origin", "destination"}


def day_field(default: str | None = None) -> Field:
    """The field ``day`` as most kinds have it; ``default`` for kinds that may do without."""
    return Field(
        "day", "日期", "Day", parse.day, "day", required=True, default=default, also=("date", "统计日期", "报告日期"),
        help_zh="写法见 day_format", help_en="written as day_format says",
    )  # fmt: skip


def count_field(default: str | None = None, also: tuple[str, ...] = ()) -> Field:
    """The field ``count``; ``default`` for kinds whose rows are one thing each."""
    return Field(
        "count", "数量", "Count", parse.count, "count", required=True, default=default,
        also=("人数", "个数", "num", "number", *also),
        help_zh="非负整数；空单元格的含义见 empty", help_en="a whole number; what an empty cell means: see empty",
    )  # fmt: skip


def person_field(*, required: bool = False) -> Field:
    """The field ``person``: a pseudonym under which a person's rows are joined; hashed, then dropped."""
    return Field(
        "person", "人员假名", "Person (pseudonym)", parse.words, required=required, also=("假名", "pseudonym"),
        help_zh="已去标识的编号，各台账一致；散列后即弃", help_en="the same in all ledgers; hashed, then dropped",
    )  # fmt: skip


#: Fields that hold pseudonyms of persons: what looks like a person's name is refused there, too.
PSEUDONYMS = frozenset({"person", "index"})


@dataclass(frozen=True)
class Kind:
    """A kind of source: one record that readers, help pages and the loader share.

    ``fields`` are its own; every kind has PLACE_FIELDS besides (see :meth:`all_fields`). ``replaces`` and
    ``absent`` are the defaults of a source that says nothing about them: what a later file does to an earlier
    one, and what a place means that a delivered day does not name (None: the question does not arise).
    ``counts``: ids of the counts it feeds. ``streamed``: so large that files are read in pieces.
    ``required_unless``: (field, other, value): a row needs the field unless the other one has that value.
    ``nowhere``: (field, value): a row with that value needs no place. ``placeless``: it needs none at all: fields of
    its own name places, inside the city or elsewhere. ``net``: of data.terms.NETS, by
    which a city gathers it ("": none).
    """

    id: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    fields: tuple[Field, ...]
    replaces: Replaces
    absent: Literal["missing", "zero"] | None
    counts: tuple[str, ...] = ()
    streamed: bool = False
    required_unless: tuple[tuple[str, str, str], ...] = ()
    nowhere: tuple[str, str] | None = None
    placeless: bool = False
    net: str = ""
    _by_id: Mapping[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {each.id: each for each in (*self.fields, *PLACE_FIELDS)})

    def name(self, lang: Lang) -> str:
        """The kind in the reader's language."""
        return self.zh if lang == "zh" else self.en

    def about(self, lang: Lang) -> str:
        """What such a source holds, in a sentence of the reader's language."""
        return self.about_zh if lang == "zh" else self.about_en

    def all_fields(self) -> tuple[Field, ...]:
        """Its own fields, then the place fields."""
        return tuple(self._by_id.values())

    def heading(self, field_id: str, columns: Mapping[str, str], headings: Iterable[str]) -> str | None:
        """Which of ``headings`` is the field's: the one that ``columns`` maps it to, else one that it is known by."""
        mapped = columns.get(field_id)
        known = {plain_heading(mapped)} if mapped else self.field(field_id).headings()
        return next((heading for heading in headings if plain_heading(heading) in known), None)

    def field(self, field_id: str) -> Field:
        """The field ``field_id``; KeyError if the kind has none."""
        return self._by_id[field_id]
