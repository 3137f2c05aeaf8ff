"""Every question of the API with whatever its description allows, and what it does not: nothing undocumented, no crash.

``ONESCREEN_FUZZ=200`` asks each question that many times instead of a few.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis import checks as found
from schemathesis.specs.openapi import checks

from dashboard.api import description
from dashboard.app import Screen

EXAMPLES = int(os.environ.get("ONESCREEN_FUZZ", "6"))
CHECKS = [
    found.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
]


EAST = "990101"
QUESTIONS = [(path, method) for path, methods in description()["paths"].items() for method in methods]


@pytest.fixture(scope="session")
def described(api_app: Screen) -> Any:
    """The API as it describes itself."""
    return schemathesis.openapi.from_wsgi("/api/v1/docs/openapi.json", api_app.server)


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize(("path", "method"), QUESTIONS)
def test_nothing_is_undocumented(described: Any, path: str, method: str, mode: GenerationMode) -> None:
    cases = described[path][method.upper()].as_strategy(generation_mode=mode)

    @settings(max_examples=EXAMPLES, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck))
    @given(cases)
    def ask(case: Any) -> None:
        if mode is GenerationMode.POSITIVE:
            _somewhere(case)
        case.call_and_validate(checks=CHECKS, headers={"Accept-Encoding": "identity"})  # in process nobody unpacks

    ask()


def _somewhere(case: Any) -> None:
    """In half of the cases a place that there is: any other text finds nothing, and that is soon tested."""
    for words in (case.query, case.path_parameters):
        for name, known in (("area", EAST), ("within", EAST), ("id", "street")):
            if words and name in words and len(str(words[name])) % 2:
                words[name] = known
