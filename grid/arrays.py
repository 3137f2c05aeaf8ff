"""Names for the array types that the numeric core passes about; nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Rows = NDArray[np.int32]
Cells = NDArray[np.uint64]
Bools = NDArray[np.bool_]
#: Array of shapely geometries (dtype object); None stands for no shape.
Shapes = NDArray[Any]
