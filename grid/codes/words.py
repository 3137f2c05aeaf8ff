"""Columns of words as numbers: each distinct word once, in one order whatever the order of the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from grid.arrays import Bools, Ints, Rows
from grid.codes.persons import plain_texts

#: What stands for the rarest words where there are more than the array has numbers for.
OTHERS = "…"


@dataclass(frozen=True, slots=True)
class Coded:
    """``words``: distinct, the first is "" (not stated); ``code``: place of each row's word."""

    code: Rows
    words: list[str]

    def fitted(self, most: int) -> Coded:
        """The same with ``most`` words at most: the rarest become one."""
        if len(self.words) <= most:
            return self
        often = np.bincount(self.code, minlength=len(self.words))
        often[0] = often.max() + 1  # not stated stays what it is
        keep = np.sort(np.argsort(-often, kind="stable")[: most - 1])
        place = np.full(len(self.words), most - 1, np.int32)
        place[keep] = np.arange(most - 1)
        return Coded(place[self.code], [*(self.words[at] for at in keep.tolist()), OTHERS])

    def take(self, rows: Ints) -> Coded:
        """These rows, with the words that they use."""
        code = self.code[rows]
        used = np.unique(np.append(code, 0))
        place = np.searchsorted(used, code).astype(np.int32)
        return Coded(place, [self.words[at] for at in used.tolist()])


def distinct(keys: Ints) -> tuple[Ints, Ints]:
    """(first row of each distinct key, in order of appearance; each row's place among these)."""
    case, keys = pd.factorize(keys)
    first = np.empty(len(keys), np.int64)
    first[case[::-1]] = np.arange(len(case) - 1, -1, -1)
    return first, case


def coded(column: Any) -> Coded:
    """An Arrow dictionary array of texts by number, in order of appearance; blank words are not stated."""
    indices = np.asarray(column.indices.fill_null(-1).to_numpy(zero_copy_only=False))
    case, used = pd.factorize(indices)
    said = used >= 0
    texts = plain_texts(column.dictionary.take(pa.array(used[said])))
    encoded = pa.concat_arrays([pa.array([""], pa.string()), texts]).dictionary_encode()
    place = np.zeros(len(used), np.int32)
    place[said] = encoded.indices.to_numpy()[1:]
    return Coded(place[case], encoded.dictionary.to_pylist())


def stated(column: Any) -> Bools:
    """Which rows have a word that is not blank."""
    blank = pc.equal(pc.utf8_trim_whitespace(column.dictionary), "").to_numpy(zero_copy_only=False)
    said = np.append(~blank, False)
    return np.asarray(said[column.indices.fill_null(-1).to_numpy(zero_copy_only=False)], np.bool_)


def joined(first: Coded, second: Coded, words: Sequence[str]) -> Coded:
    """``first``, and where it states nothing ``second``, whose words are to be read as ``words``."""
    every = sorted({*first.words, *words})
    place = {word: at for at, word in enumerate(every)}
    of_first = np.array([place[word] for word in first.words], np.int32)
    of_second = np.array([place[word] for word in words], np.int32)
    return Coded(np.where(first.code > 0, of_first[first.code], of_second[second.code]), every)
