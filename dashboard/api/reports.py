"""Situation reports to order: an order is a job, its files are fetched once it is done."""

from __future__ import annotations

import functools
import mimetypes
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote

import flask
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field

from dashboard.api.asking import Door, Life, Question, address
from dashboard.api.door import PREFIX
from dashboard.api.jobs import Job, Jobs, JobsFull, Step
from dashboard.api.problems import BODY_PROBLEMS, problem
from dashboard.api.records import Answered, AreaWords, Asked, Day, MeasureId, Moment, one_of
from dashboard.queries import Viewer
from dashboard.reports import REPORTS
from dashboard.reports.model import File, Order
from data.settings import SETTINGS_FILE, read_home

TAG = Tag(name="reports", description="疫情报告 / situation reports")
#: Suffixes of the reports' writers (dashboard.reports.writers.WRITERS, which is large to import).
FORMATS = ("docx", "pdf", "xlsx", "pptx")

Kind = Annotated[str, *one_of(REPORTS)]
Format = Annotated[str, *one_of(FORMATS)]


class ReportOrder(BaseModel):
    """What report is wanted; see dashboard.reports.model.Order."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    area: AreaWords = "city"
    day: Day | None = None
    as_of: Moment | None = None
    lang: Literal["zh", "en"] = "zh"
    layer: MeasureId | None = None
    subject: str | None = Field(None, max_length=200)
    first: Day | None = None
    formats: list[Format] = Field(default_factory=lambda: ["docx"], min_length=1, max_length=len(FORMATS))


class KindRecord(BaseModel):
    """One kind of report."""

    id: Kind
    name: str


class Kinds(Answered):
    """What can be ordered."""

    kinds: list[KindRecord]
    formats: list[Format]


class JobPath(BaseModel):
    """Which job."""

    job: str = Field(min_length=1, max_length=40)


class FilePath(JobPath):
    """Which file of it."""

    file: str = Field(min_length=1, max_length=200)


class FileRecord(BaseModel):
    """One file that is ready."""

    name: str
    bytes: int
    href: str


class JobAnswer(Answered):
    """A job, with version and moment of its order: ``done`` of ``steps``; ``error_zh``, ``error_en`` once it failed."""

    job: str
    href: str
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    done: int
    steps: int
    files: list[FileRecord]
    error_zh: str | None
    error_en: str | None


def _job(job: Job) -> JobAnswer:
    href = f"{PREFIX}/reports/{job.id}"
    files = [FileRecord(name=name, bytes=size, href=address(f"{href}/{quote(name)}")) for name, size in job.files]
    return JobAnswer(
        **job.about["answer"], job=job.id, href=address(href), state=job.state, done=job.done, steps=job.steps,
        files=files, error_zh=job.error.zh if job.error else None, error_en=job.error.en if job.error else None,
    )  # fmt: skip


def _plain(job: Job, status: int = 200) -> flask.Response:
    answer = flask.Response(_job(job).model_dump_json(), status, mimetype="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def made(door: Door, viewer: Viewer, order: Order, formats: list[str], step: Step) -> list[File]:
    """The files of a report, as the command writes them: a step for each section, and for each format."""
    from dashboard.reports.build import Head, build, write
    from dashboard.reports.drawing import Pictures
    from dashboard.reports.writers import templates

    total = len(REPORTS[order.kind].sections) + len(formats)
    names: list[str] = []

    def told(name: str) -> None:
        step(len(names), total)
        names.append(name)

    report = build(door.desk, viewer, order, Head(*_office(door.home)), told, formats)
    folder = door.home / templates.FOLDER if door.home else None
    return write(report, Pictures(door.desk, report, folder), formats, told)


def _office(home: Path | None) -> tuple[str, str]:
    """The organ that heads reports and the pattern of their numbers, as the home's settings have them."""
    if home is None or not (home / SETTINGS_FILE).exists():
        return "", ""
    settings = read_home(home)
    return settings.report_organ, settings.report_number


def _register_order(api: APIBlueprint, door: Door, jobs: Jobs) -> None:
    @api.post(
        "/reports", tags=[TAG], responses={202: JobAnswer, **BODY_PROBLEMS}, summary="作一份报告 / order a report"
    )
    def order(body: ReportOrder) -> flask.Response:
        question = door.question(Asked(lang=body.lang, as_of=body.as_of))
        viewer = question.viewer
        viewer.need("report")
        place = door.desk.place(viewer, body.area, question.as_of)
        wanted = Order(body.kind, place.code, body.day, question.as_of, body.lang, body.layer, body.subject, body.first)
        formats = list(dict.fromkeys(body.formats))
        life = door.desk.beside(Life).name, *_office(door.home)
        key = (viewer.lang, wanted, formats, question.view.version, life)
        about = {"answer": Answered(**question.base).model_dump(mode="json"), "area": place.code}
        try:
            work = functools.partial(made, door, viewer, wanted, formats)
            job = jobs.order(_owner(viewer), key, work, about)
        except JobsFull:
            return problem(429, "jobs", ("任务已满", "too many jobs at once"))
        answer = _plain(job, 202)
        answer.headers["Location"] = f"{PREFIX}/reports/{job.id}"
        return answer


def register(api: APIBlueprint, door: Door) -> None:
    """Puts the questions on the API."""
    jobs = Jobs(door.home)

    @api.get("/reports", tags=[TAG], responses={200: Kinds}, summary="可作的报告 / what can be ordered")
    def reports(query: Asked) -> flask.Response:
        def make(question: Question) -> Kinds:
            lang = question.viewer.lang
            kinds = [KindRecord(id=one.id, name=one.zh if lang == "zh" else one.en) for one in REPORTS.values()]
            return Kinds(**question.base, kinds=kinds, formats=list(FORMATS))

        return door.answer(query, make)

    _register_order(api, door, jobs)

    @api.get("/reports/<job>", tags=[TAG], responses={200: JobAnswer}, summary="报告进度 / how far it is")
    def state(path: JobPath) -> flask.Response:
        return _plain(jobs.find(_asker(door), path.job))

    @api.delete("/reports/<job>", tags=[TAG], responses={200: JobAnswer}, summary="取消 / cancel it")
    def cancel(path: JobPath) -> flask.Response:
        return _plain(jobs.cancel(_asker(door), path.job))

    @api.get("/reports/<job>/<file>", tags=[TAG], responses={200: _FILE, 409: BODY_PROBLEMS[409]},
             summary="取报告文件 / fetch a file")  # fmt: skip
    def file(path: FilePath) -> flask.Response:
        viewer = door.viewer_of()
        viewer.need("report")
        job = jobs.find(_owner(viewer), path.job)
        body = jobs.file(_owner(viewer), path.job, path.file)
        if body is None:
            return problem(404 if job.over else 409)
        door.desk.noted(viewer, "report_file", job.about["area"], None, file=path.file)
        return sent(path.file, body, mimetypes.guess_type(path.file)[0] or "application/octet-stream")


def _owner(viewer: Viewer) -> tuple[object, ...]:
    """Who may ask after a job: whoever sees the same as who ordered it."""
    return viewer.scope, sorted(viewer.rights)


def _asker(door: Door) -> tuple[object, ...]:
    """The same of who asks; Forbidden without the right."""
    viewer = door.viewer_of()
    viewer.need("report")
    return _owner(viewer)


_FILE = {
    "description": "文件 / the file",
    "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
}


def sent(name: str, body: bytes, mimetype: str) -> flask.Response:
    """A file to be kept, with its name in any script (RFC 6266)."""
    answer = flask.Response(body, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
