"""city.toml -> :class:`City`."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from data.city.province import joined, member_path
from data.city.whole import City
from data.errors import CityFileError
from data.files import NO_TOML
from data.words import Both


def read_city(path: Path, above: tuple[Path, ...] = ()) -> City:
    """The city that ``path`` describes; a province with the members that it names.

    ``above``: the files that led here. Raises CityFileError, naming the file, the key and what is wrong.
    """
    if path.resolve() in above:
        raise CityFileError(file=path.name, where="cities", detail=Both("成员绕成了圈", "members go in a circle"))
    try:
        document = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise CityFileError(file=path, where="-", detail=Both("文件不存在", "no such file")) from error
    except NO_TOML as error:
        raise CityFileError(file=path.name, where="TOML", detail=error) from error
    table = document.pop("city", {})
    parts = {"levels": document.pop("level", []), "grid": document.pop("grid", None)}
    parts["sources"] = document.pop("source", [])
    parts["systems"] = document.pop("system", [])
    parts["flows"] = document.pop("flows", {})
    parts["risk"] = document.pop("risk", {})
    parts["events"] = document.pop("event", {})
    if document:
        raise CityFileError(file=path.name, where=", ".join(document), detail="unknown table")
    strange = sorted({"members", "file_name", "folder"} & table.keys())
    if strange:
        raise CityFileError(file=path.name, where=strange[0], detail=Both("没有这个键", "there is no such key"))
    place = path.resolve()
    try:
        city = City.model_validate({**table, **parts, "folder": place.parent, "file_name": place.name})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "city"
        raise CityFileError(file=path.name, where=where, detail=_detail(first)) from error
    files = [member_path(city.folder, named, path.name) for named in city.cities]
    return joined(city, [read_city(file, (*above, place)) for file in files], path.name) if files else city


def _detail(error: ErrorDetails) -> object:
    """What is wrong, in both languages where the check says it in both."""
    raised = error.get("ctx", {}).get("error")
    said = raised.args[0] if isinstance(raised, ValueError) and raised.args else None
    return said if isinstance(said, Both) else error["msg"]
