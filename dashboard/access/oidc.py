"""Signing in by the organisation's identity provider: OpenID Connect, authorization code with PKCE, state and nonce.

The provider is the one address outside of this machine that the product ever asks, and only where its settings name
it. What it signs is taken by public keys alone (:data:`SIGNED`), for us, from this issuer, in time, and for the
signing-in that this browser began. Role and area are what its claims say, each time anew: somebody without a role of
ours is refused, and so is somebody whose area is not of this city. No area is no licence for the whole of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from secrets import token_bytes
from typing import Any

import flask
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.common.urls import add_params_to_uri
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from authlib.integrations.requests_client import OAuth2Session
from joserfc.errors import JoseError
from requests import RequestException

from dashboard.access.gate import Gate
from dashboard.access.plain import local
from dashboard.access.rules import Rules
from dashboard.access.sign_in import SignIn, wanted
from dashboard.access.texts import TEXTS
from dashboard.queries import Desk, Viewer
from data.access.signing import from_issuer
from data.access.users import User
from data.errors import AreaNotFound, OneScreenError
from data.terms import ROLES

log = structlog.get_logger()

#: Signatures by keys that only the provider has: neither none, nor a secret that we share with it.
SIGNED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
#: Seconds that the provider may take, and by which its clock may differ.
PATIENCE = 10
LEEWAY = 60

BACK = "/sign-in/back"


class _Session(OAuth2Session):  # type: ignore[misc]  # authlib is not typed
    """Asks the provider alone: no proxy, and no password file, that the environment happens to name."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.trust_env = False

    def request(self, *given: Any, **options: Any) -> Any:
        """A request that ends."""
        options.setdefault("timeout", PATIENCE)
        return super().request(*given, **options)


class _App(FlaskOAuth2App):  # type: ignore[misc]
    """Authlib's client, which takes no word of the provider for who it is and how it signs."""

    client_cls = _Session

    def load_server_metadata(self) -> Mapping[str, Any]:
        """What the provider says of itself. ValueError if it is another than the settings name."""
        found: dict[str, Any] = super().load_server_metadata()
        if found.get("issuer") != self.issuer:
            self.server_metadata.pop("_loaded_at", None)
            raise ValueError(f"issuer {found.get('issuer')!r}, configured: {self.issuer!r}")
        offered = found.get("id_token_signing_alg_values_supported") or ["RS256"]
        found["id_token_signing_alg_values_supported"] = [one for one in offered if one in SIGNED] or ["RS256"]
        return found


#: What may go wrong on the way to the provider and back.
FAULTS = (AuthlibBaseError, JoseError, RequestException, ValueError, KeyError, TypeError, RuntimeError)


class Refused(Exception):
    """Somebody whom the provider knows and this city does not let in; ``key``: a word of dashboard.access.texts."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class Provider:
    """The identity provider of the settings."""

    def __init__(self, server: flask.Flask, rules: Rules, desk: Desk) -> None:
        self.rules, self.desk = rules, desk
        server.secret_key = server.secret_key or _key(rules.secret)
        server.config.update(
            SESSION_COOKIE_NAME="onescreen-provider", SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax",
            SESSION_COOKIE_SECURE=rules.https, SESSION_COOKIE_PATH="/sign-in",
        )  # fmt: skip
        client = OAuth(server).register(
            "provider", client_cls=_App, client_id=rules.oidc_client, client_secret=rules.oidc_secret or None,
            server_metadata_url=rules.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile email", "code_challenge_method": "S256",
                **({} if rules.oidc_secret else {"token_endpoint_auth_method": "none"}),
            },
        )  # fmt: skip
        client.issuer = rules.oidc_issuer
        self.client: Any = client

    def way_in(self, back: str) -> flask.typing.ResponseReturnValue:
        """To the provider; it sends them back to the address ``back``."""
        answer: flask.typing.ResponseReturnValue = self.client.authorize_redirect(back)
        return answer

    def way_out(self, back: str) -> str:
        """The provider's own sign-out, "" if it has none or is away."""
        try:
            end: str = self.client.load_server_metadata().get("end_session_endpoint", "")
        except FAULTS as error:
            log.warning("provider", error=str(error))
            return ""
        params = {"client_id": self.rules.oidc_client, "post_logout_redirect_uri": back}
        return str(add_params_to_uri(end, params)) if end.startswith(self.rules.provider_origin + "/") else ""

    def claims(self) -> Mapping[str, Any]:
        """What the provider says of who comes back from it. One of FAULTS."""
        options = {
            "iss": {"essential": True, "value": self.rules.oidc_issuer},
            "aud": {"essential": True, "value": self.rules.oidc_client},
            "sub": {"essential": True},
        }
        token = self.client.authorize_access_token(claims_options=options, leeway=LEEWAY)
        found: Mapping[str, Any] | None = token.get("userinfo")
        if not found or not isinstance(found.get("sub"), str) or not found["sub"]:
            raise ValueError("no id_token")
        return found

    def role(self, claims: Mapping[str, Any]) -> str:
        """Their role; with several, the first of ``oidc_roles``. Refused."""
        said = claims.get(self.rules.oidc_role_claim)
        words = {str(one) for one in said} if isinstance(said, list) else {str(said)}
        known = self.rules.oidc_roles or {role: role for role in ROLES if role != "wall"}
        found = next((role for word, role in known.items() if word in words), None)
        if found is None:
            raise Refused("provider_role")
        return found

    def scope(self, claims: Mapping[str, Any]) -> str | None:
        """The code of their area, None for the city. Refused."""
        if not self.rules.oidc_area_claim:
            return None
        said = claims.get(self.rules.oidc_area_claim)
        if not isinstance(said, str) or not said:
            raise Refused("provider_area")
        try:
            place = self.desk.place(Viewer(), said)
        except AreaNotFound as error:
            raise Refused("provider_area") from error
        if said not in ("city", place.code):  # a name may be that of another place tomorrow
            raise Refused("provider_area")
        return None if len(place.path) == 1 else place.code


def _key(secret: str) -> bytes:
    """What signs the cookie of somebody who is on the way to the provider: every process that serves an installation
    has the same, for they may come back to another."""
    return blake2b(secret.encode(), digest_size=32, person=b"provider").digest() if secret else token_bytes(32)


class ProviderDoor:
    """The addresses ``/sign-in/provider`` (there) and ``/sign-in/back`` (and back again)."""

    def __init__(self, gate: Gate, provider: Provider, sign_in: SignIn) -> None:
        self.gate, self.provider, self.sign_in = gate, provider, sign_in

    def register(self, server: flask.Flask) -> None:
        """Puts the addresses on the server."""
        server.add_url_rule("/sign-in/provider", "provider", self.there, methods=["GET"])
        server.add_url_rule(BACK, "provider_back", self.back, methods=["GET"])

    def there(self) -> flask.typing.ResponseReturnValue:
        """Sends them to the provider."""
        flask.session["next"] = wanted()
        try:
            return self.provider.way_in(flask.request.host_url.rstrip("/") + BACK)
        except FAULTS as error:
            log.warning("provider", error=str(error))
            return self._told(503, "provider_away")

    def back(self) -> flask.typing.ResponseReturnValue:
        """Lets in whom the provider vouches for, or says why not."""
        to = local(flask.session.pop("next", "/"))
        try:
            user = self._user(self.provider.claims())
        except Refused as refused:
            return self._told(403, refused.key)
        except OneScreenError as error:
            return self.gate.plain.told(403, (error.say("zh"), error.say("en")), self.gate.plain.link("/sign-in"))
        except FAULTS as error:
            log.warning("provider", error=type(error).__name__, detail=str(error))
            away = isinstance(error, RequestException)
            return self._told(503, "provider_away") if away else self._told(401, "provider_refused")
        return self.sign_in.admit(user, to)

    def _user(self, claims: Mapping[str, Any]) -> User:
        provider = self.provider
        role, scope = provider.role(claims), provider.scope(claims)
        login = str(claims.get("preferred_username") or claims.get("email") or claims["sub"])
        name = str(claims.get("name") or login)
        address = flask.request.remote_addr or ""
        issuer = provider.rules.oidc_issuer
        return from_issuer(self.gate.access, issuer, claims["sub"], login, name, role, scope, address=address)

    def _told(self, status: int, key: str) -> flask.Response:
        return self.gate.plain.told(status, TEXTS[key], self.gate.plain.link("/sign-in"))
