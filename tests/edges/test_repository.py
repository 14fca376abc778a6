"""The facts of a repository, asked for over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harmonica_session.edges.github.repository import Repository
from harmonica_session.errors import AnswerUnusable
from harmonica_session.sandbox import Fault, Sandbox

if TYPE_CHECKING:
    from harmonica_session.edges.github.client import GitHub


@pytest.fixture
def repository(github: GitHub) -> Repository:
    """The history of a repository on the stand-in."""
    return Repository(github)


def merge(box: Sandbox, number: int) -> None:
    """Merge a pull request, a later one for a greater number."""
    merged_at = f"2026-11-{1 + number // 1440:02d}T{number // 60 % 24:02d}:{number % 60:02d}:00Z"
    box.github.add_pull(number, state="closed", merged_at=merged_at)["updated_at"] = merged_at


def test_a_search_ends_where_github_hands_out_no_more(box: Sandbox, repository: Repository) -> None:
    """Ten pages of a hundred are all there is; the total still tells of the rest."""
    for number in range(1, 1_051):
        merge(box, number)
    found = repository.merged_since("2026-11-01", 1_000)
    assert [it.number for it in found.newest] == list(range(1_050, 50, -1))
    assert found.total == 1_050
    assert len(box.requests) == 10


def test_a_short_period_costs_one_request(box: Sandbox, repository: Repository) -> None:
    """A page that is not full is the last."""
    merge(box, 1)
    assert [it.number for it in repository.merged_since("2026-11-01", 50).newest] == [1]
    assert repository.closed_since("2026-11-01", 50).total == 0
    assert len(box.requests) == 2


def test_what_ended_at_the_moment_of_an_update_settles_the_search(
    box: Sandbox, repository: Repository
) -> None:
    """A merge is an update itself, so equal moments are the common case."""
    for number in range(1, 201):
        merge(box, number)
    assert len(repository.merged_since("2026-11-01", 100).newest) == 100
    assert len(box.requests) == 1


def test_an_answer_of_another_form_is_one_clear_error(box: Sandbox, repository: Repository) -> None:
    """A search without its total cannot be told."""
    box.fail("GET", "/search/issues", Fault.body('{"items": []}', content_type="application/json"))
    with pytest.raises(AnswerUnusable, match="total_count"):
        repository.merged_since("2026-11-01", 1)
