"""Sums over rings of hexagons by running sums along the lattice's three axes.

A ring of k steps is six straight sides, two along each axis, and a side is the difference of two running sums: twelve
look-ups whatever k is. Tables are padded by a margin of one more than the widest ring.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from grid import jit


def along(values: Any) -> tuple[Any, Any, Any]:
    """(Q, R, days) numbers on the padded lattice -> running sums along q, along r, and along the third axis, each
    (Q, R x days) and of the same type. Entry [q, r] is what lies on its line up to and with (q, r).

    ``values`` is used up: it becomes the third.
    """
    along_q, along_r = np.cumsum(values, axis=0, dtype=values.dtype), np.cumsum(values, axis=1, dtype=values.dtype)
    for q in range(1, len(values)):  # the third axis: (q, r) comes after (q - 1, r + 1)
        values[q, :-1] += values[q - 1, 1:]
    flat = (len(values), -1)
    return along_q.reshape(flat), along_r.reshape(flat), values.reshape(flat)


_ADD = "(i8, i8, i8, i8, const {0}[:, ::1], const {0}[:, ::1], const {0}[:, ::1], {0}[::1])"


def _add_ring(q: int, k: int, margin: int, days: int, along_q: Any, along_r: Any, along_s: Any, sums: Any) -> None:
    """Adds ring ``k`` around every place of row ``q``, ``days`` numbers a place, to ``sums``.

    The six sides, each without its last corner: two along each axis, differences of that axis's running sums. A
    whole row at a time: twelve streams of the fast cache in place of twelve jumps a cell.
    """
    if k == 0:
        a1, a2 = along_q[q, margin * days :], along_q[q - 1, margin * days :]
        for n in range(len(sums)):
            sums[n] = a1[n] - a2[n]
        return
    here, up, down = margin * days, (margin + k) * days, (margin - k) * days
    a1, a2 = along_s[q + k, here:], along_s[q, up:]
    b1, b2 = along_s[q - 1, down + days :], along_s[q - k - 1, here + days :]
    c1, c2 = along_q[q, up:], along_q[q - k, up:]
    d1, d2 = along_q[q + k - 1, down:], along_q[q - 1, down:]
    e1, e2 = along_r[q - k, up:], along_r[q - k, here:]
    f1, f2 = along_r[q + k, here - days :], along_r[q + k, down - days :]
    for n in range(len(sums)):
        half = a1[n] - a2[n] + b1[n] - b2[n] + c1[n] - c2[n]
        sums[n] += half + d1[n] - d2[n] + e1[n] - e2[n] + f1[n] - f2[n]


add_ints = jit.kernel("void" + _ADD.format("i4"))(_add_ring)
add_floats = jit.kernel("void" + _ADD.format("f8"))(_add_ring)
