"""An identity provider: a process of its own on loopback, as a city has one, built on Authlib's server side.

``python -m tests.provider PORT`` serves discovery, keys (RS256), the authorization code with PKCE (S256 is required) and
sign-out. It asks nobody who they are: ``POST /as`` with JSON says whom it takes the next visitor for, and what is wrong
with what it signs::

    {"claims": {"sub": ..., "preferred_username": ..., "role": ..., "area": ...}, "fault": ""}

A fault is one of :data:`FAULTS`; every one of them is what an attacker, or a badly kept provider, would send.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import flask
import requests
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from joserfc.jws import JWSRegistry
from werkzeug.serving import make_server

CLIENT, SECRET = "onescreen-test", "a secret of the test"
FAULTS = (
    "nonce", "no_nonce", "expired", "audience", "issuer", "none", "shared", "stranger", "altered", "no_subject", "no_token",
    "metadata",
)  # fmt: skip
#: What a person asked another request than the one whose code comes back sees: an hour ago.
HOUR = 3600


class Client(ClientMixin):  # type: ignore[misc]  # authlib is not typed
    """The one client."""

    def get_client_id(self) -> str:
        return CLIENT

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.endswith("/sign-in/back")

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):  # type: ignore[misc]
    """A code that was given out."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    claims: dict[str, Any]

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope


@dataclass
class World:
    """Whom the provider takes the next visitor for, and what it has given out."""

    claims: dict[str, Any] = field(default_factory=dict)
    fault: str = ""
    codes: dict[str, Code] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"}))
    stranger: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))


def _token(world: World, issuer: str, nonce: str, claims: dict[str, Any]) -> str:
    """An id_token, with the world's fault."""
    now, fault = int(time.time()), world.fault
    said: dict[str, Any] = {
        "iss": issuer if fault != "issuer" else "https://elsewhere.invalid",
        "aud": CLIENT if fault != "audience" else "another-client",
        "iat": now - (2 * HOUR if fault == "expired" else 0),
        "exp": now + (-HOUR if fault == "expired" else HOUR),
        "nonce": nonce if fault != "nonce" else "of-another-signing-in",
        **claims,
    }
    for name, without in (("no_nonce", "nonce"), ("no_subject", "sub")):
        if fault == name:
            said.pop(without, None)
    header = {"alg": {"none": "none", "shared": "HS256"}.get(fault, "RS256"), "kid": "one"}
    others: dict[str, RSAKey | OctKey] = {"shared": OctKey.import_key(SECRET), "stranger": world.stranger}
    key = others.get(fault, world.key)
    made = jwt.encode(header, said, key, registry=JWSRegistry(algorithms=["none", "HS256", "RS256"]))
    if fault == "altered":
        head, _, signature = made.split(".")
        other = jwt.encode(header, said | {"role": "administrator"}, key, registry=JWSRegistry(algorithms=["RS256"]))
        made = f"{head}.{other.split('.')[1]}.{signature}"
    return str(made)


def _server(app: flask.Flask, world: World) -> AuthorizationServer:
    class Grant(AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        def save_authorization_code(self, code: str, request: Any) -> None:
            asked = request.payload.data
            world.codes[code] = Code(
                code, asked["redirect_uri"], request.payload.scope, asked.get("nonce", ""), asked["code_challenge"],
                asked["code_challenge_method"], world.claims,
            )  # fmt: skip

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return world.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            del world.codes[authorization_code.code]

        def authenticate_user(self, authorization_code: Code) -> dict[str, Any]:
            return authorization_code.claims

    class Signed(OpenIDCode):  # type: ignore[misc]
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return any(code.nonce == nonce for code in world.codes.values())

        def process_token(self, grant: Any, response: Any) -> Any:
            _, token, _ = response
            code = grant.request.authorization_code
            if world.fault != "no_token":
                token["id_token"] = _token(world, app.config["ISSUER"], code.nonce, code.claims)
            return token

    server = AuthorizationServer(
        app, query_client=lambda id: Client() if id == CLIENT else None, save_token=lambda *_: None
    )
    server.register_grant(Grant, [CodeChallenge(required=True), Signed(require_nonce=True)])
    return server


def make(issuer: str) -> flask.Flask:
    """The provider at ``issuer``."""
    app, world = flask.Flask(__name__), World()
    app.config["ISSUER"] = issuer
    server = _server(app, world)

    @app.post("/as")
    def become() -> str:
        said = flask.request.get_json()
        world.claims, world.fault = said["claims"], said.get("fault", "")
        return ""

    @app.get("/.well-known/openid-configuration")
    def about() -> dict[str, Any]:
        return {
            "issuer": issuer if world.fault != "metadata" else "https://elsewhere.invalid",
            "authorization_endpoint": f"{issuer}/authorize", "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/keys", "end_session_endpoint": f"{issuer}/out",
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "none", "HS256"],
            "code_challenge_methods_supported": ["S256"],
        }  # fmt: skip

    @app.get("/keys")
    def keys() -> dict[str, Any]:
        return {"keys": [world.key.as_dict(private=False)]}

    @app.get("/authorize")
    def authorize() -> Any:
        if flask.request.args.get("code_challenge_method") != "S256":
            flask.abort(400)
        return server.create_authorization_response(
            grant=server.get_consent_grant(end_user=world.claims), grant_user=world.claims
        )

    @app.post("/token")
    def token() -> Any:
        return server.create_token_response()

    @app.get("/out")
    def out() -> Any:
        return flask.redirect(flask.request.args["post_logout_redirect_uri"])

    return app


@dataclass
class Provider:
    """A running provider as a test sees it."""

    issuer: str
    log: Path

    def becomes(self, fault: str = "", **claims: Any) -> None:
        """From now on every visitor is this one."""
        with requests.Session() as session:
            session.trust_env = False  # no proxy
            session.post(f"{self.issuer}/as", json={"claims": claims, "fault": fault}, timeout=30).raise_for_status()


@contextmanager
def providing(folder: Path) -> Iterator[Provider]:
    """A provider in a process of its own, for as long as a test needs it."""
    log = folder / "provider.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.provider"], stdout=subprocess.PIPE, stderr=out, text=True,
            cwd=Path(__file__).parents[1], env=os.environ | {"AUTHLIB_INSECURE_TRANSPORT": "1"},
        )  # fmt: skip
    try:
        assert process.stdout is not None
        issuer = process.stdout.readline().strip()
        assert issuer, log.read_text()
        yield Provider(issuer, log)
    finally:
        process.terminate()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def main() -> None:
    """Serves until it is told to stop; its first line is its address."""
    app = flask.Flask(__name__)  # replaced below: the address is known once the port is
    server = make_server("127.0.0.1", 0, app, threaded=True)
    issuer = f"http://127.0.0.1:{server.server_port}"
    server.app = make(issuer)
    print(issuer, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
