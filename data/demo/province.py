"""A simulated province: sixteen cities of the demo's kind in open sea, each with its own ledgers, and one file above.

Three weeks, and assignments of the last of them, where the demo's town has six and four: sixteen cities are then made
and loaded while somebody waits for them.
Names, places and people are invented. Districts of one name stand in several of the cities, as they do in real
provinces: nothing may ever mix them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from data.demo import simulate_city, toml
from data.demo.areas import PROVINCE as NUMBER
from data.demo.geography import LAT, LON, SIZES, Size
from data.demo.names import pinyin
from data.demo.offices import PROVINCE

HEADER = """\
# 模拟的省：地名、地形、居民、疫情都是虚构的，与任何真实地方无关。
# A simulated province: its places, its land, its people and its epidemic are invented.
"""

#: The cities, north to south and west to east, four in a row.
CITIES = (
    "澜川", "霁岭", "棠浦", "栖雁", "鹭洲", "云矶", "星渚", "荷塘",
    "望潮", "沐原", "芷泉", "枫笛", "月湾", "听雨", "鹤汀", "蘅溪",
)  # fmt: skip
ROW = 4
#: Degrees from one city to the next: forty kilometres, three times a city's width. Rows are shifted against each other.
EAST, SOUTH, SHIFT = 0.44, 0.37, 0.11
FIRST_NUMBER = 51  # of a city's code: those below are the invented cities of other provinces
#: What the systems that all cities have are called above them.
SYSTEMS = (
    ("city", "city", "各市健康码", "City health codes", "各市数据资源局", "the cities' data bureaus"),
    ("province", "province", "沐屿健康码", "Muyu Health Code", "沐屿省大数据中心", "Muyu Province Data Centre"),
    ("travel", "national", "全国行程卡", "National travel card", "全国行程服务中心", "National Travel Service Centre"),
)


def simulate_province(seed: int, folder: Path, progress: Callable[[str, float], None]) -> Path:
    """Writes the province of ``seed`` into ``folder`` (made if absent) and returns its province.toml.

    A city a process, as many at once as there are processors; the bytes depend on ``seed`` only. ``progress`` hears
    (what, share done in 0..1). Raises FileExistsError if the folder holds a city already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    progress(CITIES[0], 0.0)
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        made = pool.map(_city, range(len(CITIES)), [seed] * len(CITIES), [folder] * len(CITIES))
        for number, name in enumerate(made, 1):
            progress(name, number / len(CITIES))
    path = folder / "province.toml"
    path.write_text(city_file([size_of(number) for number in range(len(CITIES))]), "utf-8")
    return path


def _city(number: int, seed: int, folder: Path) -> str:
    size = size_of(number)
    simulate_city("province", seed * len(CITIES) + number, folder / size.tag, lambda *_: None, size)
    return size.name


def size_of(number: int) -> Size:
    """How big city ``number`` is, where it lies, and what it is called."""
    row, column = divmod(number, ROW)
    lon, lat = LON + EAST * column + SHIFT * (row % 2), LAT - SOUTH * row
    sound = pinyin(CITIES[number])
    return replace(
        SIZES["province"], name=f"{CITIES[number]}市", name_en=sound, prefix=f"{NUMBER}{FIRST_NUMBER + number}",
        lon=round(lon, 4), lat=round(lat, 4), tag=sound.lower().replace("'", ""), first=3 * number,
    )  # fmt: skip


def city_file(sizes: Sequence[Size]) -> str:
    """The file of a province of these cities."""
    cities = [f"{size.tag}/city.toml" for size in sizes]
    head = {
        "code": f"{NUMBER}0000", "name": PROVINCE.zh, "name_en": PROVINCE.en, "level": "province",
        "timezone": "Asia/Shanghai", "simulated": True, "cities": cities,
    }  # fmt: skip
    keys = ("id", "level", "name", "name_en", "owner", "owner_en")
    parts = [toml.table("[[system]]", dict(zip(keys, system, strict=True))) for system in SYSTEMS]
    return "\n".join([HEADER, toml.table("[city]", head), *parts])
