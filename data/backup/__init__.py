"""A backup: all that an installation holds in one file, delivered files on request; and a new home made of one.

The file is a ZIP with ``manifest.json`` and the members that it lists, each with its size and SHA-256: the tables of
one snapshot of the store (``dump``), those of the book of who may look and who looked (data.access; no sessions) and
of the book of events (data.events), the city file with the maps, code lists and rules that it names, the home's own
files, the settings. It is read back on SQLite or PostgreSQL, by this release or any later one. The key of the
pseudonyms is in it only if that is asked for, whoever has it can try guesses at persons; so are the key to the identity
provider and the channels of messages with theirs.
"""

from __future__ import annotations

from data.backup.making import backup
from data.backup.manifest import MANIFEST, Manifest
from data.backup.restoring import restore

__all__ = ["MANIFEST", "Manifest", "backup", "restore"]
