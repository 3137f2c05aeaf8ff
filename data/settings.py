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
from typing import Any, Literal

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings.exceptions import SettingsError as SourceError

from data.access.book import Limits
from data.errors import HomeNotFound, SettingsError
from data.files import NO_TOML, write_text
from data.pool import Bounds
from data.store import sqlite_url
from data.terms import ROLES
from data.words import Lang

SETTINGS_FILE = "settings.toml"

#: Rights of the file: the key of the pseudonyms is in it.
SECRET = 0o600

#: Least that these settings keep: of numbers a quarter, as the forecast's report card and curves look back on them; of
#: the log six months.
LEAST_KEPT = {"keep_days": 92, "keep_log": 183}


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
    scheduler: str = Field(
        "", description="由谁计数：tcp://…、spark://…，空为本机 / who counts: Dask (tcp://…), spark://…; empty: here"
    )
    workers: int = Field(2, ge=1, description="进程数，每核一个 / processes, one for each core")
    threads: int = Field(8, ge=1, description="每进程线程数 / threads of a process")
    replica: str = Field(
        "", description="只读副本地址（PostgreSQL），查询由它回答 / URL of a replica that questions go to"
    )
    pool_size: int = Field(4, ge=1, le=100, description="每进程每库常备连接数 / connections a process keeps to a book")
    pool_overflow: int = Field(4, ge=0, le=100, description="忙时另加连接数 / more of them while it is busy")
    pool_wait: float = Field(5, ge=0.1, le=60, description="等待连接的秒数 / seconds to wait for one")
    statement_seconds: float = Field(
        30, ge=1, le=600, description="查询至多几秒 / seconds after which a question is given up"
    )
    keep_days: int = Field(
        0,
        ge=0,
        description="各日数据保留几天，0 为一直 / days that numbers are kept, 0: for ever (onescreen retain)",
    )
    keep_revisions: int = Field(
        0, ge=0, description="已更正数据保留几天 / days that what was replaced is kept, and can be asked as known then"
    )
    keep_tickets: int = Field(
        0, ge=0, description="逐条赋码记录和个人级原件保留几天 / days that tickets and persons' files are kept"
    )
    keep_events: int = Field(
        0, ge=0, description="已办结事件的经过保留几天 / days that histories of closed events are kept"
    )
    keep_log: int = Field(0, ge=0, description="审计日志保留几天，至少 183 / days that the log is kept, at least 183")
    mail_host: str = Field("127.0.0.1", description="发信服务器（本单位中继） / mail relay of the house")
    mail_port: int = Field(25, ge=1, le=65535, description="发信端口 / its port")
    mail_from: str = Field("onescreen@localhost", description="发信人地址 / who mails are from")
    sign_in: Literal["local", "oidc", "both"] = Field(
        "local",
        description="登录方式：本地账号、统一身份认证或两者 / accounts of our own, of an identity provider, or both",
    )
    session_minutes: int = Field(
        60, ge=1, le=1440, description="无操作多少分钟后退出 / minutes unused until signed out"
    )
    session_hours: int = Field(12, ge=1, le=168, description="登录最长小时数 / hours until signed out in any case")
    password_days: int = Field(180, ge=1, description="密码多少天后须更换 / days until another password is asked for")
    https: bool = Field(False, description="经 HTTPS 访问 / read over HTTPS: secure cookies, HSTS")
    proxies: int = Field(0, ge=0, le=8, description="前面有几层代理 / proxies in front that are trusted")
    oidc_issuer: str = Field("", description="身份提供方地址 / address of the identity provider")
    oidc_client: str = Field("", description="在提供方的编号 / our name at the provider")
    oidc_secret: str = Field(
        "", description="在提供方的密钥，宜放在环境变量 / our secret there, best in the environment"
    )
    oidc_role_claim: str = Field("role", description="角色取自此字段 / claim that tells the role")
    oidc_area_claim: str = Field("area", description="区域取自此字段 / claim that tells the area")
    oidc_roles: dict[str, str] = Field(
        default_factory=dict, description="提供方的词 → 角色 / the provider's word -> role"
    )

    @property
    def limits(self) -> Limits:
        """How long sessions and passwords hold."""
        return Limits(self.session_minutes, self.session_hours, self.password_days, self.secret)

    @property
    def bounds(self) -> Bounds:
        """How many connections a process that serves keeps, and how long it waits."""
        return Bounds(self.pool_size, self.pool_overflow, self.pool_wait, self.statement_seconds)

    @field_validator("oidc_roles")
    @classmethod
    def _known_roles(cls, roles: dict[str, str]) -> dict[str, str]:
        unknown = set(roles.values()) - ROLES.keys()
        if unknown:
            raise ValueError(f"{', '.join(sorted(unknown))}: {', '.join(ROLES)}")
        return roles

    @field_validator("keep_days", "keep_log")
    @classmethod
    def _kept_long_enough(cls, days: int, info: ValidationInfo) -> int:
        least = LEAST_KEPT[str(info.field_name)]
        if 0 < days < least:
            raise ValueError(f"0, >= {least}")
        return days

    @model_validator(mode="after")
    def _provider_is_named(self) -> Settings:
        if self.sign_in != "local" and not (self.oidc_issuer and self.oidc_client):
            raise ValueError(f'sign_in = "{self.sign_in}": oidc_issuer, oidc_client')
        return self

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
    return "".join(f"{key} = {_toml(value)}\n" for key, value in values.items())


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_toml(str(key))} = {_toml(each)}" for key, each in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def written(home: Path) -> dict[str, Any]:
    """What stands in the file itself, without the environment. SettingsError if it is no TOML."""
    try:
        return tomllib.loads((home / SETTINGS_FILE).read_text("utf-8-sig"))
    except NO_TOML as error:
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
        where = ".".join(str(step) for step in first["loc"]) or SETTINGS_FILE
        raise SettingsError(home=home, where=where, detail=first["msg"]) from error
    except SourceError as error:  # a table in the environment that is no JSON
        raise SettingsError(home=home, where="ONESCREEN_*", detail=error) from error
