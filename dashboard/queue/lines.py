"""Events as the page reads them: small JSON, moments in UTC."""

from __future__ import annotations

import datetime as dt
from typing import Any

from dashboard.queries.event_lines import EventFull, EventLine, EventReport, EventStep, Unit


def moment(at: dt.datetime | None) -> str | None:
    """A moment (UTC without zone) as scripts read it."""
    return None if at is None else f"{at.isoformat(timespec='seconds')}Z"


def line(event: EventLine) -> dict[str, Any]:
    """One event of the list."""
    return {
        "id": event.id, "klass": event.klass, "state": event.state, "urgent": event.urgent, "evidence": event.evidence,
        "area": unit(event.area), "where": event.where, "owner": unit(event.owner), "place": event.place,
        "note": event.note, "opened": moment(event.opened), "step": event.step, "due": moment(event.due),
        "reports": event.reports, "escalated": event.escalated, "may": event.may,
    }  # fmt: skip


def full(event: EventFull) -> dict[str, Any]:
    """One event with its history and reports."""
    return {
        "event": line(event.line), "subject": event.subject, "history": [_step(one) for one in event.history],
        "reports": [_report(one) for one in event.reports],
    }  # fmt: skip


def unit(unit: Unit) -> dict[str, str]:
    """An area or an owner."""
    return {"code": unit.code, "name": unit.name, "level": unit.level}


def _step(step: EventStep) -> dict[str, Any]:
    return {
        "what": step.what, "at": moment(step.done), "came": moment(step.at) if step.came_later else None,
        "said": moment(step.said) if step.disbelieved else None, "by": step.by, "role": step.role, "state": step.state,
        "owner": unit(step.owner), "note": step.note, "evidence": step.evidence, "missed": step.missed,
        "satisfied": step.satisfied,
    }  # fmt: skip


def _report(report: EventReport) -> dict[str, Any]:
    return {
        "source": report.source, "happened": moment(report.happened), "place": report.place, "note": report.note,
    }  # fmt: skip
