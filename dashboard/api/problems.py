"""What is answered when something is wrong: one shape for all errors (RFC 9457), in both languages, with what to do."""

from __future__ import annotations

from typing import Any

import flask
import structlog
from flask_openapi3.types import ResponseDict
from pydantic import BaseModel, Field, ValidationError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from dashboard.routes import STATUS
from data.errors import OneScreenError

log = structlog.get_logger()

MIMETYPE = "application/problem+json"
#: Addresses that answer as programs expect, errors too.
OURS = ("/api", "/export", "/metrics", "/healthz", "/readyz")
#: Faults of one question that are listed.
MOST_FAULTS = 20


class Fault(BaseModel):
    """One parameter that does not fit."""

    parameter: str = Field(description="参数名 / which parameter or field")
    detail: str = Field(description="why, as the validator says it")


class Problem(BaseModel):
    """An error. ``zh`` and ``en`` say what is wrong; ``todo_zh`` and ``todo_en`` what to do about it."""

    type: str = Field(description="the kind of error; stays the same between releases")
    status: int
    title: str
    zh: str
    en: str
    todo_zh: str
    todo_en: str
    faults: list[Fault] = Field(default_factory=list)


#: Status -> (zh, en, what to do in zh, in en).
WORDS: dict[int, tuple[str, str, str, str]] = {
    400: ("问题有误", "this cannot be asked", "请按接口说明修改参数", "change the parameters as the API's page says"),
    401: ("未登录，或登录已到期", "nobody is signed in", "请登录，或带上有效的令牌", "sign in, or send a valid token"),
    403: ("没有此项权限", "not allowed", "如工作需要，请联系管理员", "if your work needs it, ask your administrator"),
    404: ("没有这个地址或对象", "there is nothing here", "请检查地址、代码和可见范围", "check address, code and scope"),
    405: ("此地址不支持该方法", "this address does not take this method", "可用方法见 Allow", "see the header Allow"),
    409: ("现在还做不到", "not yet, or no more", "请稍后再问，或重新提交", "ask again later, or order it anew"),
    413: ("请求内容过大", "the body is too large", "请减小请求内容", "send less"),
    415: ("请求内容须为 JSON", "the body must be JSON", "请用 application/json", "send application/json"),
    422: ("请求内容有误", "the body does not fit", "请按 faults 逐项修改", "mend what faults lists"),
    429: ("请求过多", "too many at once", "请稍候再试，时间见 Retry-After", "wait as long as Retry-After says"),
    500: ("服务出错", "something failed here", "请重试；仍出错请查看日志", "try again; then look at the log"),
    503: ("暂时无法服务", "cannot serve now", "请稍后重试", "try again shortly"),
}  # fmt: skip


def _documented(status: int) -> dict[Any, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    zh, en = WORDS[status][:2]
    return {"description": f"{zh} / {en}", "content": {MIMETYPE: {"schema": schema}}}


#: What every question of the API may be answered with besides its answer.
PROBLEMS: ResponseDict = {
    304: {"description": "没有变化 / unchanged since that ETag"},
    **{status: _documented(status) for status in (400, 401, 403, 404, 405, 422, 429, 500, 503)},
}
#: The same for questions with a body.
BODY_PROBLEMS: ResponseDict = {status: _documented(status) for status in (409, 413, 415)}


def problem(
    status: int, kind: str = "", said: tuple[str, str] | None = None, faults: list[Fault] | None = None
) -> flask.Response:
    """An answer that is an error. ``said``: (zh, en) in place of the status's own words."""
    zh, en, todo_zh, todo_en = WORDS.get(status, WORDS[500 if status >= 500 else 400])
    told = said or (zh, en)
    body = Problem(
        type=f"onescreen:{kind or status}", status=status, title=en, zh=told[0], en=told[1], todo_zh=todo_zh,
        todo_en=todo_en, faults=faults or [],
    )  # fmt: skip
    answer = flask.Response(body.model_dump_json(), status, mimetype=MIMETYPE)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def ours() -> bool:
    """Whether the address that is asked answers programs."""
    return flask.request.path.startswith(OURS)


def invalid(error: ValidationError) -> flask.Response:
    """Parameters that do not fit: 400 in an address (as OGC API Features wants it), 422 in a body."""
    status = 422 if flask.request.method == "POST" else 400
    found = error.errors(include_url=False, include_context=False, include_input=False)[:MOST_FAULTS]
    return problem(status, "invalid", faults=[Fault(parameter=_where(one["loc"]), detail=one["msg"]) for one in found])


def _where(loc: tuple[int | str, ...]) -> str:
    return ".".join(map(str, loc)) or "body"


def of_error(error: OneScreenError) -> flask.Response:
    """An error of the product."""
    status = next(status for kind, status in STATUS if isinstance(error, kind))
    return problem(status, type(error).__name__, (error.say("zh"), error.say("en")))


def http(error: HTTPException) -> flask.Response | HTTPException:
    """What the server itself says (no such address, no such method, no JSON); the page's own stays as it is."""
    if not ours() or isinstance(error, RequestRedirect):
        return error
    answer = problem(_status(error))
    for name, value in error.get_headers():
        if name == "Allow":
            answer.headers[name] = value
    return answer


def crashed(error: Exception) -> flask.Response:
    """An error that nobody raised on purpose: the log has all of it, the asker none."""
    log.error("api", path=flask.request.path, error=type(error).__name__, exc_info=error)
    return problem(500)


def bottomless(error: RecursionError) -> flask.Response:
    """A body of brackets in brackets, deeper than the parser of JSON goes."""
    if flask.request.method != "POST":
        return crashed(error)
    return problem(422, "invalid", faults=[Fault(parameter="body", detail="nested too deeply")])


def guard(blueprint: flask.Blueprint) -> None:
    """Errors of the blueprint's own questions are problems."""
    blueprint.register_error_handler(OneScreenError, of_error)
    blueprint.register_error_handler(HTTPException, http)
    blueprint.register_error_handler(RecursionError, bottomless)
    blueprint.register_error_handler(Exception, crashed)


def register(server: flask.Flask) -> None:
    """Errors under OURS are problems; those of the page stay what they are."""

    def nowhere(rest: str = "") -> flask.Response:
        return problem(404)

    server.register_error_handler(HTTPException, http)
    for rule in ("/api", "/api/<path:rest>", "/export/<path:rest>"):  # else the page's own catch-all would answer
        server.add_url_rule(rule, endpoint="api_nowhere", view_func=nowhere)


def _status(error: HTTPException) -> int:
    """405 only at an address that is answered by another method."""
    status = error.code or 500
    if status != 405:
        return status
    adapter = flask.current_app.create_url_adapter(flask.request)
    allowed = adapter.allowed_methods() if adapter else []
    known = [method for method in allowed if method != "OPTIONS"]
    found = any(adapter and adapter.match(method=method)[0] != "api_nowhere" for method in known)
    return 405 if found else 404
