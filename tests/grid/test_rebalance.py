"""Rebalancing against every way of lending people there is."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from grid.rebalance import Balance, Ints, Loan, Post, load, rebalance

Edge = tuple[int, int]


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Post], list[Edge], Fraction]:
    n = draw(st.integers(1, 4))
    number = st.integers(0, 3)
    posts = [
        Post(str(at), draw(st.integers(0, 9)), draw(number), draw(st.integers(1, 3)), draw(st.sampled_from("aab")))
        for at in range(n)
    ]
    every = list(itertools.combinations(range(n), 2))
    enough = Fraction(draw(st.sampled_from([0, 1, 2, 4])), 2)
    return posts, [edge for edge in every if draw(st.booleans())], enough


def table(edges: Sequence[Edge]) -> Ints:
    return np.array(edges, np.int64).reshape(-1, 2)


def ways(posts: Sequence[Post], edges: Sequence[Edge]) -> Sequence[tuple[list[int], int]]:
    """(people at each post, people lent) of every choice of everybody where to work."""
    near = {at: [at] for at in range(len(posts))}
    for one, other in edges:
        if posts[one].group == posts[other].group:
            near[one].append(other)
            near[other].append(one)
    homes = [at for at, post in enumerate(posts) for _ in range(post.people)]
    found = []
    for choice in itertools.product(*(near[home] for home in homes)):
        after = [sum(at == to for to in choice) for at in range(len(posts))]
        found.append((after, sum(home != to for home, to in zip(homes, choice, strict=True))))
    return found


def account(made: Balance) -> None:
    """Every sum of the explanation."""
    for line in made.lines:
        assert line.after == line.before + line.received - line.lent >= 0
        assert line.lent <= line.before
        assert line.received == sum(loan.people for loan in made.loans if loan.destination == line.code)
        assert line.lent == sum(loan.people for loan in made.loans if loan.origin == line.code)
    assert sum(line.after for line in made.lines) == made.people
    assert all(loan.people > 0 for loan in made.loans)


def highest(posts: Sequence[Post], after: Sequence[int], without: Sequence[str] = ()) -> dict[str, Fraction | None]:
    """The highest load of each group; None where a post with tasks has nobody."""
    found: dict[str, Fraction | None] = {}
    for post, people in zip(posts, after, strict=True):
        if post.code not in without:
            here, before = load(post.tasks, people * post.capacity), found.get(post.group, Fraction(0))
            found[post.group] = None if here is None or before is None else max(before, here)
    return found


def within(found: Mapping[str, Fraction | None], most: Mapping[str, Fraction]) -> bool:
    """Whether no group's load is higher than allowed."""
    return all(one is not None and one <= most[group] for group, one in found.items())


@given(cases())
@settings(max_examples=150, deadline=None)
def test_no_way_of_lending_is_better(case: tuple[list[Post], list[Edge], Fraction]) -> None:
    posts, edges, enough = case
    every = ways(posts, edges)
    assume(len(every) <= 5_000)
    made = rebalance(posts, table(edges), enough)
    account(made)
    after = [line.after for line in made.lines]
    best = [(each, moved) for each, moved in every if None not in highest(posts, each).values()]
    if not best:
        # somebody stays without anybody: as few as can be
        alone = [sum(post.tasks > 0 == n for post, n in zip(posts, each, strict=True)) for each, _ in every]
        assert len(made.deserted) == min(alone) > 0
        assert None not in highest(posts, after, made.deserted).values()
        return
    assert not made.deserted
    groups = {post.group for post in posts}
    least = {
        group: max(enough, min(highest(posts, each)[group] or Fraction(0) for each, _ in best)) for group in groups
    }
    assert within(highest(posts, after), least)
    assert made.moved == min(moved for each, moved in best if within(highest(posts, each), least))


def test_nobody_moves_where_it_would_not_help() -> None:
    posts = [Post("a", 10, 1, 5), Post("b", 2, 1, 5), Post("c", 0, 3, 5)]
    made = rebalance(posts, table([(0, 1), (1, 2)]))
    assert made.loans == (Loan("b", "a", 1), Loan("c", "b", 1))
    assert (made.highest_before, made.highest_after) == (Fraction(2), Fraction(1))
    assert (made.saturated_before, made.saturated_after) == (1, 0)
    apart = rebalance([Post("a", 10, 1, 5, "x"), Post("b", 2, 5, 5, "y")], table([(0, 1)]))
    assert apart.loans == ()
    assert apart.highest_after == 2


def test_no_posts_are_no_plan() -> None:
    made = rebalance([], table([]))
    assert (len(made.lines), len(made.loans)) == (0, 0)
    assert made.highest_before == 0


def test_a_city_of_posts_is_told_apart_by_its_districts() -> None:
    random = np.random.default_rng(2)
    side = 30
    at = np.arange(side * side).reshape(side, side)
    edges = np.concatenate([np.stack([at[:, :-1].ravel(), at[:, 1:].ravel()], 1),
                            np.stack([at[:-1].ravel(), at[1:].ravel()], 1)])  # fmt: skip
    tasks, people = random.poisson(40, side * side).tolist(), random.integers(1, 9, side * side).tolist()
    posts = [Post(str(n), t, p, 8, str(n // 300)) for n, (t, p) in enumerate(zip(tasks, people, strict=True))]
    made = rebalance(posts, edges)
    account(made)
    group = {post.code: post.group for post in posts}
    assert all(group[loan.origin] == group[loan.destination] for loan in made.loans)
    assert (made.highest_after or 0) < (made.highest_before or 0)
