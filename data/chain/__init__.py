"""The chain over ledgers of assignments: whoever alters a row, a ticket or the chain itself is found out.

Every assignment that is not green, and every change, is a link: link_i = H(link_{i-1} | row_i), where row_i are the
cells of the row as delivered and H is BLAKE2b under a key. The links of a load close in a head

    head = H(before | source, load, file, sha256, known | digests of its code days and its colours | rows and links)

which takes in the head ``before`` it, so that no segment can be altered or taken out; its own links start from that
head. Digests only are kept, and the key comes from the installation's secret: a guess at a row cannot be tried without
it. What is not covered: whoever removes the newest segments together with their loads leaves a shorter chain that
holds. The newest head, noted down elsewhere, shows it.

``links`` makes and keeps it, ``rows`` reads delivered files again, ``proof`` holds these and the database against it;
``difference`` finds where a file first differs, ``breaks`` says so.
"""

from __future__ import annotations

from data.chain.breaks import Break, Gone
from data.chain.links import (
    Row,
    Segment,
    chain,
    close_segment,
    colour_digest,
    day_digest,
    first_link,
    key_of,
    link_of,
    purged_digest,
)
from data.chain.proof import UNCHAINED, Delivered, Proof, Replaced, intact, verify

__all__ = [
    "UNCHAINED",
    "Break",
    "Delivered",
    "Gone",
    "Proof",
    "Replaced",
    "Row",
    "Segment",
    "chain",
    "close_segment",
    "colour_digest",
    "day_digest",
    "first_link",
    "intact",
    "key_of",
    "link_of",
    "purged_digest",
    "verify",
]
