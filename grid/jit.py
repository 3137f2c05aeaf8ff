"""The one door to numba: kernels that are compiled when first called, or not at all.

A kernel declares its signature, may call other kernels of its module, is compiled once per machine
(numba's cache beside the source, else in the user's cache folder, else in memory only) and runs
without the interpreter's lock. Importing a module that holds kernels costs nothing. Where numba is
absent, or ONESCREEN_NUMBA=0 is set, callers take their plain numpy path, which gives the same results.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import threading
import types
from collections.abc import Callable
from typing import Any, Generic, ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")

#: ``const f8[:, ::1]`` in a signature: an array that is only read. Arrow, memory maps and pandas hand
#: out arrays that may not be written, and numba refuses these for a plain ``f8[:, ::1]``.
_CONST = re.compile(r"const (\w+)\[((?::, )*)::1\]")

_compiling = threading.RLock()


def usable() -> bool:
    """Whether kernels may run: numba is installed and ONESCREEN_NUMBA is not 0."""
    return os.environ.get("ONESCREEN_NUMBA", "1") != "0" and importlib.util.find_spec("numba") is not None


class Kernel(Generic[P, R]):
    """A function that is compiled for one signature at its first call. Thread-safe."""

    def __init__(self, function: Callable[P, R], signature: str, **options: Any) -> None:
        self.function = function
        self.signature = signature
        self.options = options
        self.compiled: Callable[P, R] | None = None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """What ``function`` returns."""
        return (self.compiled or self._compile())(*args, **kwargs)

    def _compile(self) -> Callable[P, R]:
        with _compiling:
            if self.compiled is None:
                function = _with_compiled_globals(self.function)
                self.compiled = _njit(function, self.signature, {"nogil": True, **self.options})
            return self.compiled


def _with_compiled_globals(function: Callable[P, R]) -> Callable[P, R]:
    """``function`` as numba can read it: kernels that it calls by name are their compiled selves."""
    code, names = function.__code__, function.__globals__
    called = {n: names[n] for n in code.co_names if isinstance(names.get(n), Kernel)}
    if not called:
        return function
    ready = {**names, **{name: called[name]._compile() for name in called}}
    return cast("Callable[P, R]", types.FunctionType(code, ready, function.__name__))


def _readonly(found: re.Match[str]) -> str:
    return f"Array({found[1]}, {found[2].count(',') + 1}, 'C', readonly=True)"


def _njit(function: Callable[P, R], signature: str, options: dict[str, Any]) -> Callable[P, R]:
    numba = importlib.import_module("numba")
    signature = _CONST.sub(_readonly, signature)
    try:
        compiled: Callable[P, R] = numba.njit(signature, cache=True, **options)(function)
    except (RuntimeError, OSError):
        # no folder to keep compiled code in (a read-only installation): compile for this process
        compiled = numba.njit(signature, **options)(function)
    return compiled


def kernel(signature: str, **options: Any) -> Callable[[Callable[P, R]], Kernel[P, R]]:
    """Decorator: ``function`` becomes a Kernel of numba ``signature`` (with ``const`` for arrays that
    are only read); ``options`` go to numba.njit."""

    def wrap(function: Callable[P, R]) -> Kernel[P, R]:
        return Kernel(function, signature, **options)

    return wrap
