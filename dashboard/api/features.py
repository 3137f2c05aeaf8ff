"""What OGC API Features 1.0 answers with: links, collections and features."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from dashboard.api.records import FARTHEST, MOST_ROWS, Answered, AreaWords, Asked

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"


class Link(BaseModel):
    """A link, RFC 8288."""

    href: str
    rel: str
    type: str
    title: str


class Landing(Answered):
    """Where everything else is found."""

    title: str
    description: str
    city: str
    links: list[Link]


class Conformance(Answered):
    """What of the standard is kept."""

    conformsTo: list[str]


class Spatial(BaseModel):
    """The box of all features: west, south, east, north."""

    bbox: list[tuple[float, float, float, float]]
    crs: str = CRS84


class Temporal(BaseModel):
    """First and last day with data."""

    interval: list[tuple[dt.datetime | None, dt.datetime | None]]
    trs: str = GREGORIAN


class Extent(BaseModel):
    """Where and when."""

    spatial: Spatial | None = None
    temporal: Temporal | None = None


class Collection(BaseModel):
    """One collection."""

    id: str
    title: str
    description: str
    itemType: Literal["feature"] = "feature"
    crs: list[str] = [CRS84]
    extent: Extent
    links: list[Link]


class CollectionAnswer(Answered, Collection):
    """One collection, as of a version."""


class Collections(Answered):
    """Every collection of the city."""

    collections: list[Collection]
    links: list[Link]


class CollectionPath(BaseModel):
    """Which collection: a level of the city, cell, zones or flows."""

    id: str = Field(min_length=1, max_length=40)


class ItemPath(CollectionPath):
    """Which feature."""

    item: str = Field(min_length=1, max_length=200)


class ItemAsked(Asked):
    """With which numbers, on which day."""

    measures: str = Field(
        "", max_length=400, description="指标，以逗号分隔 / measures, separated by commas; zones and flows have none"
    )
    datetime: str = Field(
        "",
        max_length=80,
        description="日期或区间；时刻只取其日期 / a day, a moment (its day counts, as it is written), "
        "or an interval a/b, ../b, a/.., RFC 3339",
    )


class ItemsAsked(ItemAsked):
    """Which features."""

    area: AreaWords = Field("city", description="在此区域内 / inside this area")
    bbox: str = Field("", max_length=200, description="西,南,东,北 / west,south,east,north in WGS-84 degrees")
    limit: Annotated[int, AfterValidator(lambda asked: min(asked, MOST_ROWS))] = Field(
        10,
        ge=1,
        description=f"最多个数，超过 {MOST_ROWS} 按 {MOST_ROWS} / at most; more than {MOST_ROWS} is {MOST_ROWS}",
    )
    offset: int = Field(0, ge=0, le=FARTHEST)


class Geometry(BaseModel):
    """A GeoJSON geometry."""

    model_config = ConfigDict(extra="allow")

    type: str
    coordinates: list[Any]


class Feature(BaseModel):
    """A GeoJSON feature; beside each number N of its properties stands N_state."""

    type: Literal["Feature"]
    id: str
    geometry: Geometry | None
    properties: dict[str, Any]


class FeatureAnswer(Answered, Feature):
    """One feature, as of a version."""

    links: list[Link]


class FeatureCollection(Answered):
    """A page of features."""

    type: Literal["FeatureCollection"]
    numberMatched: int
    numberReturned: int
    timeStamp: dt.datetime
    features: list[Feature]
    links: list[Link]
