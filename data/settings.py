"""The home of one installation: a folder with its settings, database and inbox.

``settings.toml`` in the home, overridden by environment variables ``ONESCREEN_*``.
"""

from __future__ import annotations

import json
import secrets
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from data.errors import HomeNotFound, Lang, SettingsError
from data.files import write_text
from data.store import sqlite_url

SETTINGS_FILE = "settings.toml"

#: Rights of the file: the key of the pseudonyms is in it.
SECRET = 0o600


class Settings(BaseSettings):
    """What an installation decides for itself; each field is also ``ONESCREEN_<FIELD>``."""

    model_config = SettingsConfigDict(env_prefix="ONESCREEN_", extra="forbid")

    city: Path = Field(description="城市文件 / the city file")
    database: str = Field(description="数据库地址（SQLAlchemy URL） / database URL")
    secret: str = Field(description="本机假名密钥，勿外传 / key of the pseudonyms, keep it")
    lang: Lang = Field("zh", description="默认语言 / default language")
    host: str = Field("127.0.0.1", description="监听地址 / address to listen on")
    port: int = Field(8050, ge=0, le=65535, description="端口 / port")
    report_organ: str = Field("", description="报告的发文机关 / organ that heads a report")
    report_number: str = Field(
        "", description="发文字号，可含 {year} {month} {day} {serial} {place} / number of a report"
    )
    threads: int = Field(8, ge=1, description="每进程线程数 / threads of a process")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment before file; nothing else is read."""
        home: Path = init_settings.init_kwargs["home"]  # type: ignore[attr-defined]
        return env_settings, TomlConfigSettingsSource(settings_cls, home / SETTINGS_FILE)


def make_home(home: Path, city: Path, database: str | None = None) -> Settings:
    """A home at ``home`` for the city file ``city``; what is there already stays, but the city file's place."""
    (home / "inbox").mkdir(parents=True, exist_ok=True)
    file = home / SETTINGS_FILE
    if not file.exists():
        made = {"database": sqlite_url(home.resolve() / "onescreen.db"), "secret": secrets.token_hex(16)}
        with suppress(FileExistsError):  # somebody else's secret came first, and stands
            write_text(file, home_lines(made), SECRET, new=True)
    before = written(home)
    wanted = before | {"city": str(city.resolve())} | ({"database": database} if database else {})
    if wanted != before:
        write_text(file, home_lines(wanted), SECRET)
    return read_home(home)


def home_lines(values: Mapping[str, Any]) -> str:
    """``values`` as a settings file says them."""
    return "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items())


def written(home: Path) -> dict[str, Any]:
    """What stands in the file itself, without the environment. SettingsError if it is no TOML."""
    try:
        return tomllib.loads((home / SETTINGS_FILE).read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(home=home, where="TOML", detail=error) from error


def read_home(home: Path) -> Settings:
    """The settings of the home; HomeNotFound if the folder is none, SettingsError if they cannot be."""
    if not (home / SETTINGS_FILE).exists():
        raise HomeNotFound(home=home)
    written(home)
    values: dict[str, Any] = {"home": home}
    try:
        return Settings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise SettingsError(home=home, where=where, detail=first["msg"]) from error
