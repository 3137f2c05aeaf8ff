"""Passwords: kept so that nobody learns them, chosen so that nobody guesses them, readable where we choose them."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.access import passwords
from data.access.guessable import PIECES, core
from data.access.passwords import LEAST, MOST, READABLE, check_choice, fits, hash_of, one_time, outdated
from data.errors import PasswordError

ANY = st.text(st.characters(), max_size=40)
PRODUCT = passwords.hasher  # as the product has it: the suite's own is set for tests alone


def test_the_product_hashes_at_the_costs_that_are_stated() -> None:
    kept = PRODUCT.hash("x")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_one_time_passwords_are_never_alike_and_can_be_read_out() -> None:
    made = [one_time() for _ in range(20_000)]
    assert len(set(made)) == len(made)
    assert {len(each) for each in made} == {19}
    assert set("".join(made)) == {*READABLE, "-"}
    for alike in ("0oO", "1liI", "2z", "5s", "8b", "9gq", "uv"):
        assert len(set(READABLE) & set(alike)) <= 1


def test_what_we_choose_nobody_guesses() -> None:
    for _ in range(500):
        check_choice(one_time(), "wang")


@given(ANY, ANY)
def test_only_the_password_itself_fits(one: str, other: str) -> None:
    kept = hash_of(one)
    assert fits(kept, one)
    assert fits(kept, other) == (passwords._plain(one) == passwords._plain(other))
    assert one not in kept or len(one) < 4
    assert not fits(None, one)


def test_a_full_width_letter_of_an_input_method_is_the_letter() -> None:
    assert fits(hash_of("ｓｔａｂｌｅ　ｂａｔｔｅｒｙ"), "stable battery")


@pytest.mark.parametrize("kept", ["", "x", "$argon2id$v=19$m=8,t=1,p=1$AAAA", "$argon2i$"])
def test_a_hash_that_is_none_fits_nothing(kept: str) -> None:
    assert not fits(kept, "")


def test_a_hash_of_other_costs_is_outdated() -> None:
    assert outdated(PRODUCT.hash("x"))
    assert not outdated(hash_of("x"))


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple", "8#kQ2!vL9$xZ7", "849302716055", "春眠不觉晓处处闻啼鸟夜来", "k7wd-3mpa-4xte-hc6y",
        "w" + "ob" * 3 + "9fzmeyr", "x" * 40 + "tmbw7efk",
    ],
)  # fmt: skip
def test_a_phrase_or_chance_may_be_chosen(password: str) -> None:
    check_choice(password, "wang")


@pytest.mark.parametrize(
    "password",
    [
        "", "short", "x" * (LEAST - 1), "Password123456!", "P@ssw0rd2022", "shanghai2022!!", "woaini1314520", "qwertyuiop[]",
        "abcabcabcabcd", "aB3aB3aB3aB3aB3", "111111111111", "123456789012", "zxcvbnm,./12", "adminadmin1234", "疫情防控指挥中心2022上海",
        "8#kQ2!wangL9$xZ7", "８#kQ2!ＷＡＮＧL9$xZ7", "k" * (MOST + 1),
    ],
)  # fmt: skip
def test_what_everybody_guesses_may_not(password: str) -> None:
    with pytest.raises(PasswordError) as refused:
        check_choice(password, "Wang")
    assert refused.value.say("zh") != refused.value.say("en")
    assert password == "" or password not in refused.value.say("zh")


@given(
    st.lists(st.sampled_from(sorted(PIECES)), min_size=1, max_size=8),
    st.integers(1900, 2099),
    st.sampled_from(["", "!", "。", "!!"]),
)
def test_frequent_words_and_a_year_are_guessed(pieces: list[str], year: int, end: str) -> None:
    with pytest.raises(PasswordError):
        check_choice("".join(pieces).title() + str(year) + end, "nobody-else")


@given(ANY, ANY)
def test_every_text_is_taken_or_refused_and_nothing_breaks(password: str, login: str) -> None:
    try:
        check_choice(password, login)
    except PasswordError:
        return
    assert len(set(core(passwords._plain(password).lower()))) >= passwords.DIFFERENT


def test_chance_is_seldom_refused() -> None:
    chance = random.Random(1)
    signs = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&*+-=?@"
    refused = 0
    for _ in range(2000):
        try:
            check_choice("".join(chance.choices(signs, k=16)), "wang")
        except PasswordError:
            refused += 1
    assert refused == 0
