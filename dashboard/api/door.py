"""The server behind the page and the API: Flask that writes its own OpenAPI 3.1, and the page that shows it.

The documentation's scripts come from an installed package, and the content policy (:mod:`dashboard.access.headers`)
forbids the page to ask anything of any other machine: a check of the description by a public validator, which its
scripts would do, is switched off.
"""

from __future__ import annotations

from typing import Any

import flask
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.info import Info
from flask_openapi3.models.server import Server
from flask_openapi3.openapi import OpenAPI
from werkzeug.exceptions import UnsupportedMediaType

from dashboard.api.problems import PROBLEMS, Problem, guard, invalid
from dashboard.bodies import Parser

PREFIX = "/api/v1"
DOCS = f"{PREFIX}/docs"
#: Bytes that a question may bring along: an order of a report has a few hundred; a batch of events is larger.
MOST_BODY, MOST_BATCH = 16_384, 1 << 20

ABOUT = """\
一屏的数字，与页面同源：同一问题、同一口径、同一可见范围。每个答案都带批次（version）、获知时间（known）和所问时刻（as_of）。
每个数字有值和状态：value 数值、zero 零、suppressed 隐去、missing 未报；未报不是零。

The numbers of the screen, from the same questions and within the same scope. Every answer carries its version, when
that was known, and the moment it was asked as of. Every number has a value and a state: value, zero, suppressed,
missing; missing is never nought. Ask again with `If-None-Match` and get 304 until something new has been loaded.
"""

#: The page of the documentation; the swagger files lie beside it.
PAGE = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>一屏 OneScreen API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="swagger/css/swagger-ui.css">
<link rel="stylesheet" href="/assets/docs/docs.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="swagger/js/swagger-ui-bundle.js"></script>
<script src="/assets/docs/docs.js"></script>
</body>
</html>
"""

#: How a question may show in whose name it is asked.
SECURITY: dict[str, Any] = {
    "bearer": {
        "type": "http", "scheme": "bearer",
        "description": "程序的令牌，在“我的账号”中新建 / a program's token, made under “My account”",
    },
    "cookie": {
        "type": "apiKey", "in": "cookie", "name": "onescreen",
        "description": (
            "浏览器的会话（HTTPS 下名为 __Host-onescreen）；除 GET 外须带请求头 X-CSRFToken / the session of a browser "
            "(__Host-onescreen with HTTPS); other methods than GET need the header X-CSRFToken"
        ),
    },
}  # fmt: skip


def server(import_name: str) -> OpenAPI:
    """The Flask server; what :func:`dashboard.api.register` adds appears in its description."""
    made = OpenAPI(
        import_name,
        info=Info(title="一屏 OneScreen API", version="1", description=ABOUT),
        servers=[Server(url="/")],
        security_schemes=SECURITY,
        doc_prefix=DOCS,
        doc_url="/openapi.json",
        validation_error_status=422,
        validation_error_model=Problem,
        validation_error_callback=invalid,
        static_folder=None,
    )
    made.config["SWAGGER_HTML_STRING"] = PAGE
    made.json = Parser(made)
    made.json.ensure_ascii = False
    made.add_url_rule(DOCS, view_func=lambda: flask.redirect(f"{DOCS}/swagger"), endpoint="docs")
    return made


def blueprint() -> APIBlueprint:
    """Where the subjects put their questions."""
    either: list[dict[str, list[str]]] = [{name: []} for name in SECURITY]
    api = APIBlueprint("api", __name__, url_prefix=PREFIX, abp_responses=PROBLEMS, abp_security=either)
    api.before_request(_body_fits)
    guard(api)
    return api


def _body_fits() -> None:
    request = flask.request
    request.max_content_length = MOST_BATCH if request.path == f"{PREFIX}/events" else MOST_BODY
    if request.method == "POST" and not request.is_json:
        raise UnsupportedMediaType
