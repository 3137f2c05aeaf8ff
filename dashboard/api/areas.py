"""Areas: the list that can be searched, the tree, one area."""

from __future__ import annotations

from collections.abc import Iterator

import flask
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from dashboard.api.asking import Door, Question
from dashboard.api.records import Answered, AreaWords, Asked, Level, Paged, Rows
from data.errors import BadQuestion
from data.words import Both

TAG = Tag(name="areas", description="区域 / areas")
#: Areas that a tree holds at most.
MOST_TREE = 20_000


class AreaAsked(Asked):
    """A question about one area."""


class AreaPath(BaseModel):
    """Which area."""

    area: AreaWords


class AreasAsked(Paged):
    """Which areas."""

    within: AreaWords = Field("city", description="在此区域内 / inside this area")
    level: Level | None = Field(None, description="层级 / of this level only")
    q: str = Field("", max_length=60, description="名称或代码包含 / name or code contains")


class TreeAsked(Asked):
    """Which part of the tree."""

    area: AreaWords = Field("city", description="自此区域起 / from this area down")
    depth: int = Field(2, ge=0, le=5, description="向下几层 / steps down")


class Area(BaseModel):
    """One area; ``parent`` null at the top of what may be seen."""

    code: str
    name: str
    name_zh: str
    name_en: str
    level: Level
    parent: str | None


class Branch(Area):
    """An area with those below it."""

    children: list[Branch]


class Areas(Rows):
    """Areas in the order of the tree."""

    areas: list[Area]


class Tree(Answered):
    """A part of the tree."""

    tree: Branch


class Step(BaseModel):
    """An area on the way."""

    code: str
    name: str


class AreaAnswer(Answered):
    """One area: the way to it from the city, what lies below, its box (lon, lat, lon, lat; null where it is not drawn),
    and the levels by which it can be asked."""

    area: Area
    path: list[Step]
    children: list[Step]
    next_level: Level | None
    bounds: tuple[float, float, float, float] | None


def _area(question: Question, row: int) -> Area:
    areas = question.view.areas
    top = question.desk.row(question.view, question.viewer, "city")
    return Area(
        code=areas.code[row], name=areas.label(row, question.viewer.lang), name_zh=areas.name[row],
        name_en=areas.name_en[row], level=areas.level[row],
        parent=None if row == top else areas.code[areas.parent[row]],
    )  # fmt: skip


def _found(question: Question, asked: AreasAsked) -> Iterator[int]:
    areas = question.view.areas
    row = question.desk.row(question.view, question.viewer, asked.within)
    rows = range(row, int(areas.last[row])) if asked.level is None else areas.of_level(asked.level, row).tolist()
    words = asked.q.strip().casefold()
    for at in rows:
        if words in f"{areas.name[at]} {areas.name_en[at]} {areas.code[at]}".casefold():
            yield at


def _branch(question: Question, row: int, depth: int) -> Branch:
    below = question.view.areas.children(row).tolist() if depth else []
    return Branch(**dict(_area(question, row)), children=[_branch(question, one, depth - 1) for one in below])


def _tree(question: Question, asked: TreeAsked) -> Tree:
    view = question.view
    row = question.desk.row(view, question.viewer, asked.area)
    inside = view.areas.depth[row : view.areas.last[row]] - view.areas.depth[row]
    if (inside <= asked.depth).sum() > MOST_TREE:
        raise BadQuestion(
            detail=Both(f"区域超过 {MOST_TREE} 个，请减小 depth", f"more than {MOST_TREE} areas: ask for less depth")
        )
    return Tree(**question.base, tree=_branch(question, row, asked.depth))


def _one(question: Question, words: str) -> AreaAnswer:
    place = question.desk.place(question.viewer, words, question.as_of)
    view = question.view
    row = view.areas.row_of[place.code]
    top = question.desk.row(view, question.viewer, "city")
    steps = [step for step in view.areas.path(row) if step >= top or question.viewer.scope is None]
    label = view.areas.label
    return AreaAnswer(
        **question.base, area=_area(question, row), next_level=place.next_level, bounds=place.bounds,
        path=[Step(code=view.areas.code[at], name=label(at, question.viewer.lang)) for at in steps],
        children=[
            Step(code=view.areas.code[at], name=label(at, question.viewer.lang))
            for at in view.areas.children(row).tolist()
        ],
    )  # fmt: skip


def register(api: APIBlueprint, door: Door) -> None:
    """Puts the questions on the API."""

    @api.get("/areas", tags=[TAG], responses={200: Areas}, summary="区域列表与查找 / list and search areas")
    def areas(query: AreasAsked) -> flask.Response:
        def make(question: Question) -> Areas:
            rows, fields = question.page(list(_found(question, query)))
            return Areas(**fields, areas=[_area(question, row) for row in rows])

        return door.answer(query, make)

    @api.get("/areas/tree", tags=[TAG], responses={200: Tree}, summary="区域树 / the tree of areas")
    def tree(query: TreeAsked) -> flask.Response:
        return door.answer(query, lambda question: _tree(question, query))

    @api.get("/areas/<area>", tags=[TAG], responses={200: AreaAnswer}, summary="一个区域 / one area")
    def area(path: AreaPath, query: AreaAsked) -> flask.Response:
        return door.answer(query, lambda question: _one(question, path.area))
