"""A ledger of persons, streamed through ``count``: only its counts per leaf and day are kept."""

from __future__ import annotations

from typing import Any

import numpy as np

from data.deliveries import Delivery
from data.errors import MissingColumns
from data.sources import Kind
from data.store import Writer
from data.terms import CODES, spelling
from grid.count import count_ledger
from grid.geography import Geography
