"""What an installation decides about signing in, as its settings have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Literal
from urllib.parse import urlsplit

from data.settings import Settings


@dataclass(frozen=True)
class Rules:
    """Each field is the setting of the same name, see :class:`data.settings.Settings`."""

    secret: str = field(default="", repr=False, kw_only=True)
    sign_in: Literal["local", "oidc", "both"] = "local"
    https: bool = False
    proxies: int = 0
    oidc_issuer: str = ""
    oidc_client: str = ""
    oidc_secret: str = ""
    oidc_role_claim: str = "role"
    oidc_area_claim: str = "area"
    oidc_roles: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings) -> Rules:
        """The rules of an installation."""
        return cls(**{one.name: getattr(settings, one.name) for one in fields(cls)})

    @property
    def passwords(self) -> bool:
        """Whether own accounts may sign in."""
        return self.sign_in != "oidc"

    @property
    def provider(self) -> bool:
        """Whether an identity provider is asked."""
        return self.sign_in != "local" and bool(self.oidc_issuer)

    @property
    def provider_origin(self) -> str:
        """Scheme, host and port of the identity provider; "" without one."""
        parts = urlsplit(self.oidc_issuer)
        return f"{parts.scheme}://{parts.netloc}" if self.provider else ""
