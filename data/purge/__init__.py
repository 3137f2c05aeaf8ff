"""Destroying on purpose: tickets and delivered files of days long past, what was said of closed events, old lines of
the log, sessions; and what is no longer kept of days long past (data.retention).

First a plan: exactly what goes, with its fingerprints. With it the purge begins, in one transaction of the book: the
certificate, its line in the log, and what the log and the sessions lose. From then on it will be done: whoever is
killed in between, ``onescreen purge --finish`` goes on (every step may be done twice), and ``onescreen verify`` says
that it is not at its end. At last both databases are rewritten, so that the bytes are gone too, and the certificate is
closed and handed out.

What this cannot reach: backups, copies that others hold, the database's own archive of its journal, and what a disk
keeps of blocks that were given back.

``planning`` makes the plan, ``words`` tell it, ``carrying_out`` does it: ``tickets`` are its days, ``rewriting`` the
files and databases that keep no trace.
"""

from __future__ import annotations

from data.purge.carrying_out import begin, carry_out
from data.purge.planning import LOG_DAYS, PERSONAL, Wanted, holds_nothing, plan
from data.purge.words import say

__all__ = ["LOG_DAYS", "PERSONAL", "Wanted", "begin", "carry_out", "holds_nothing", "plan", "say"]
