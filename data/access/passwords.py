"""Passwords: how they are kept, which may be chosen, and one-time ones that can be read out over the telephone.

Kept as argon2id (RFC 9106) with the least costs that OWASP's Password Storage Cheat Sheet names: 19 MiB, two passes,
one lane. RFC 9106's own choice for little memory takes 64 MiB a guess, so that whoever only knocks at the door with all
eight threads of the server would take half a gigabyte; here it is 150 MB.
"""

from __future__ import annotations

import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from data.access.guessable import core
from data.errors import PasswordError
from data.words import Both

#: The costs; a hash of other costs is made anew when its owner signs in.
hasher = PasswordHasher(
    time_cost=2, memory_cost=19 * 1024, parallelism=1,
    hash_len=RFC_9106_LOW_MEMORY.hash_len, salt_len=RFC_9106_LOW_MEMORY.salt_len,
)  # fmt: skip

LEAST, MOST = 12, 256
#: What must be left of a password without what everybody guesses first: characters, and different ones.
LEFT, DIFFERENT = 8, 5

#: How many earlier passwords may not come back.
EARLIER = 5

#: Letters and digits of one-time passwords: none that is taken for another (0 o, 1 l i, 2 z, 5 s, 8 b, 9 g q, u v).
READABLE = "acdefghjkmnprtwxy3467"
GROUPS, GROUP = 4, 4


def one_time() -> str:
    """A random password of 70 bits in groups, as ``k7wd-3mpa-4xte-hc6y``."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(GROUP)) for _ in range(GROUPS))


def hash_of(password: str) -> str:
    """What is kept of a password."""
    return hasher.hash(_bytes(password))


def fits(kept: str | None, password: str) -> bool:
    """Whether ``password`` is the one that ``kept`` was made of. Without any it takes as long, and is False."""
    nobodys = _nobodys()
    try:
        hasher.verify(kept or nobodys, _bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def outdated(kept: str) -> bool:
    """Whether a hash was made at other costs than today's."""
    return hasher.check_needs_rehash(kept)


def check_choice(password: str, login: str) -> None:
    """PasswordError unless somebody called ``login`` may choose ``password``."""
    plain = _plain(password).lower()
    if not LEAST <= len(plain) <= MOST:
        raise PasswordError(
            detail=Both(
                f"须有 {LEAST} 至 {MOST} 个字符，一句话最好记", f"{LEAST} to {MOST} characters; a phrase is best"
            )
        )
    if login.lower() in plain:
        raise PasswordError(detail=Both("不能含登录名", "the login must not be in it"))
    left = core(plain)
    if len(left) < LEFT or len(set(left)) < DIFFERENT:
        detail = Both(
            "太容易猜，除常用词、年份、连续或重复的字符外所剩无几",
            "too easy to guess, little is left beside frequent words, years and runs",
        )
        raise PasswordError(detail=detail)


@cache
def _nobodys() -> str:
    """A hash of nobody's password, so that an unknown login takes as long as a wrong password."""
    return hash_of(secrets.token_hex())


def _plain(password: str) -> str:
    # a full-width letter typed in a Chinese input method is the letter
    return unicodedata.normalize("NFKC", password)


def _bytes(password: str) -> bytes:
    return _plain(password).encode("utf-8", "surrogatepass")
