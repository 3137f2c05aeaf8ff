"""One number asked again by its citation, as it stands on a page, on the wall or in a report."""

from __future__ import annotations

import flask
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import Field

from dashboard.api.asking import Door, Question
from dashboard.api.records import Answered, Asked, Fact, number
from dashboard.queries import cite
from dashboard.queries.questions import again

TAG = Tag(name="facts", description="一数一源 / one number, one source")


class FactAsked(Asked):
    """Which number."""

    cite: str = Field(
        min_length=1, max_length=600,
        description="出处 / the citation, for instance measure?area=310101&day=2022-04-13&name=positives",
    )  # fmt: skip


class FactAnswer(Answered):
    """The number as it is answered now, or as of the asked moment."""

    cite: str
    fact: Fact


def _fact(question: Question, asked: FactAsked) -> FactAnswer:
    cited = cite.read(asked.cite)
    found = again(question.desk, question.viewer, cited, question.as_of)
    return FactAnswer(**question.base, cite=str(cited), fact=Fact(value=number(found.value), state=found.state))


def register(api: APIBlueprint, door: Door) -> None:
    """Puts the question on the API."""

    @api.get("/facts", tags=[TAG], responses={200: FactAnswer}, summary="再问一个数 / ask one number again")
    def fact(query: FactAsked) -> flask.Response:
        return door.answer(query, lambda question: _fact(question, query))
