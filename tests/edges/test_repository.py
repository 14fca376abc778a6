"""The facts of a repository, asked for over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harmonica_session.edges.github.repository import Repository
from harmonica_session.errors import AnswerUnusable, Refused
from harmonica_session.sandbox import Fault, Sandbox
from harmonica_session.sandbox.exchange import Answer

if TYPE_CHECKING:
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.edges.harmonica.client import Harmonica

BRIEF = "/api/v1/sessions/x/session-md"


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


def test_a_page_of_a_proxy_is_no_brief(box: Sandbox, harmonica: Harmonica) -> None:
    """A web page that comes with status 200 never becomes background."""
    box.fail("GET", BRIEF, Fault.body("<html>Welcome</html>"))
    with pytest.raises(AnswerUnusable, match="web page"):
        harmonica.brief("x")


def test_a_brief_is_text(box: Sandbox, harmonica: Harmonica) -> None:
    """Bytes that are no UTF-8 are an error."""
    answer = Answer(200, {"Content-Type": "text/markdown"}, b"\xff")
    box.fail("GET", BRIEF, Fault(processed=False, answer=answer))
    with pytest.raises(AnswerUnusable, match="UTF-8"):
        harmonica.brief("x")


def test_an_unknown_address_does_not_pass_for_a_brief_to_come(
    box: Sandbox, harmonica: Harmonica
) -> None:
    """Only Harmonica's own 404 says that there is no brief yet."""
    box.fail("GET", BRIEF, Fault.body("<html>Not found</html>", status=404))
    with pytest.raises(Refused):
        harmonica.brief("x")
