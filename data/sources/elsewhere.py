"""Other cities: where they are and how many live there; and how many cases they have confirmed."""

from __future__ import annotations

from data.sources import parse
from data.sources.base import Field, Kind, count_field, day_field

ELSEWHERE = Kind(
    id="elsewhere",
    zh="外地城市",
    en="Other cities",
    about_zh="外地城市的名称、代码、常住人口和经纬度；后送的文件整份替换先送的。",
    about_en="Names, codes, residents and places of other cities; a later file replaces an earlier one as a whole.",
    fields=(
        Field("name", "名称", "Name", parse.words, required=True, also=("城市", "city")),
        Field("name_en", "英文名", "Name in English", parse.words),
        Field("people", "常住人口", "Residents", parse.count, "degrees", also=("population", "pop", "人口")),
    ),
    replaces="day",
    absent=None,
    placeless=True,
)

ELSEWHERE_CASES = Kind(
    id="elsewhere_cases",
    zh="外地病例",
    en="Cases elsewhere",
    about_zh="外地城市截至某日的累计确诊病例。",
    about_en="Confirmed cases of other cities up to a day, all together.",
    fields=(
        day_field(),
        Field("place", "地点", "Place", parse.words, required=True, also=("城市", "city")),
        count_field(also=("累计确诊", "confirmed")),
    ),
    replaces="day",
    absent=None,
    placeless=True,
)
