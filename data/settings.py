"""The home of one installation: a folder with its settings, database and inbox.

``settings.toml`` in the home, overridden by environment variables ``ONESCREEN_*``.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from pydantic import Field
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from data.errors import HomeNotFound, Lang
from data.store import sqlite_url

SETTINGS_FILE = "settings.toml"


class Settings(BaseSettings):
    """What an installation decides for itself; each field is also ``ONESCREEN_<FIELD>``."""

    model_config = SettingsConfigDict(env_prefix="ONESCREEN_", extra="forbid")

    city: Path = Field(description="城市文件 / the city file")
    database: str = Field(description="数据库地址（SQLAlchemy URL） / database URL")
    secret: str = Field(description="本机假名密钥，勿外传 / key of the pseudonyms, keep it")
    lang: Lang = Field("zh", description="默认语言 / default language")
    host: str = Field("127.0.0.1", description="监听地址 / address to listen on")
    port: int = Field(8050, description="端口 / port")
    threads: int = Field(8, description="每进程线程数 / threads of a process")

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
    home.mkdir(parents=True, exist_ok=True)
    (home / "inbox").mkdir(exist_ok=True)
    file = home / SETTINGS_FILE
    if file.exists():
        kept = read_home(home)
        database, secret = database or kept.database, kept.secret
    else:
        database, secret = database or sqlite_url(home.resolve() / "onescreen.db"), secrets.token_hex(16)
    lines = {"city": str(city.resolve()), "database": database, "secret": secret}
    file.write_text("".join(f"{key} = {_quoted(value)}\n" for key, value in lines.items()), "utf-8")
    file.chmod(0o600)  # the pseudonym key is in it
    return read_home(home)


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def read_home(home: Path) -> Settings:
    """The settings of the home; HomeNotFound if the folder is none."""
    if not (home / SETTINGS_FILE).exists():
        raise HomeNotFound(home=home)
    values: dict[str, Any] = {"home": home}
    return Settings(**values)
