"""Zones: where people may not leave home, or not leave the area, from a day to a day."""

from __future__ import annotations

from data.sources import parse
from data.sources.base import Field, Kind
from data.terms import ZONES as ZONE_TERMS

ZONES = Kind(
    id="zones",
    zh="封控管控区",
    en="Zones",
    about_zh="封控区、管控区的范围与起止日期；范围为图形，或区域名称、代码。防范区由此推出。",
    about_en="Lockdown and control zones with their first and last day; drawn as shapes, or named by area. "
    "Precaution zones follow from them.",
    fields=(
        Field("id", "编号", "Id", parse.words, required=True, also=("区域编号", "zone_id")),
        Field("kind", "类型", "Kind", parse.term(ZONE_TERMS), required=True, also=("管理类型", "级别", "zone")),
        Field("start", "开始日期", "Start", parse.day, "day", required=True, also=("起始日期", "开始", "from")),
        Field(
            "end", "结束日期", "End", parse.last_day, "day", also=("结束", "to"),
            help_zh="含当日；空或 2099-12-31 起为至今", help_en="inclusive; empty or from 2099-12-31: it still holds",
        ),
        Field(
            "geometry", "图形", "Shape", parse.shape, "shape", also=("wkt", "geom", "范围"),
            help_zh="WKT 或 GeoJSON 面；矢量文件自带", help_en="WKT or GeoJSON polygons; vector files bring their own",
        ),
        Field("name", "名称", "Name", parse.words, also=("小区", "zone_name")),
    ),
    replaces="row",
    absent=None,
    net="situation",
)  # fmt: skip
