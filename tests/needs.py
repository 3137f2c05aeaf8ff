"""What a machine lacks: a test that needs it is skipped by name, except in CI, where it fails."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def lacking(program: str, package: str) -> NoReturn:
    """Ends the test: ``program`` is not here; ``package`` is the Debian package that brings it."""
    reason = f"{program} is not installed: apt-get install {package}"
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
