"""What GitHub is asked on the wire, and what its answers mean."""

from __future__ import annotations

import json
import threading
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from harmonica_session.edges.github.client import MOST_AT_ONCE, GitHub
from harmonica_session.edges.network.clock import Deadline
from harmonica_session.errors import AnswerUnusable, FateUnknown, Refused, ServiceError
from harmonica_session.event import ByCommit, ByHead
from harmonica_session.sandbox import Fault, Sandbox
from harmonica_session.words.pull_request import Account
from harness.consumer import HurriedClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Connect: TypeAlias = "Callable[..., GitHub]"

COMMENTS = "/repos/octo/garden/issues/7/comments"
SHA = "c" * 40
# So long a thing that happens at all may take.
SECONDS = 60


@pytest.fixture
def to() -> Iterator[Connect]:
    """Return a function that connects to GitHub at an address with a token."""
    with ExitStack() as opened:

        def connect(base: str, token: str) -> GitHub:
            github = GitHub(base, "octo/garden", SecretStr(token), Deadline(60, HurriedClock()))
            opened.callback(github.close)
            return github

        yield connect


@pytest.fixture
def github(box: Sandbox, github: GitHub) -> GitHub:
    """The repository as the workflow's token sees it, with pull request 7 open."""
    box.github.add_pull(7)
    return github


# Comments


def test_all_pages_of_comments_are_read(box: Sandbox, github: GitHub) -> None:
    """850 comments take nine requests, and come oldest first."""
    for number in range(850):
        box.github.add_comment(7, f"comment {number}")
    assert [comment.body for comment in github.comments(7)] == [f"comment {n}" for n in range(850)]
    asked = sorted(int(request.query["page"]) for request in box.requests_to("GET", COMMENTS))
    assert asked == [*range(1, 10)]
    assert {request.query["per_page"] for request in box.requests} == {"100"}


def test_exact_page_needs_no_further_one(box: Sandbox, github: GitHub) -> None:
    """Where GitHub links to no further page none is asked for, however full the last one is."""
    for number in range(100):
        box.github.add_comment(7, str(number))
    assert len(list(github.comments(7))) == 100
    assert len(box.requests) == 1


def test_comments_are_asked_for_as_they_are_read(box: Sandbox, github: GitHub) -> None:
    """Who finds their comment on the first page asks for no second one."""
    for number in range(150):
        box.github.add_comment(7, str(number))
    next(github.comments(7))
    assert len(box.requests) == 1


class _ElevenPages(BaseHTTPRequestHandler):
    """A list of eleven pages; of the later ones, each waits for four others to be asked for."""

    together = threading.Barrier(MOST_AT_ONCE)

    def do_GET(self) -> None:
        page = int(parse_qs(urlsplit(self.path).query)["page"][0])
        if page > 1:
            self.together.wait(SECONDS)
        body = json.dumps([{"id": page}]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        if page < 11:
            next_page, last = f"<https://x/?page={page + 1}>", "<https://x/?page=11&per_page=100>"
            self.send_header("Link", f'{next_page}; rel="next", {last}; rel="last"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
        """Keep quiet."""


def test_later_pages_are_read_side_by_side(to: Connect) -> None:
    """The first page tells how many there are; the others are asked for five at once."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _ElevenPages) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            github = to(f"http://127.0.0.1:{server.server_port}", "a-token")
            assert [comment.id for comment in github.comments(7)] == [*range(1, 12)]
            github.close()
        finally:
            server.shutdown()
            serving.join()


def test_failure_of_a_later_page_is_told(box: Sandbox, github: GitHub) -> None:
    """A list that cannot be read to its end is an error, and not a shorter list."""
    for number in range(450):
        box.github.add_comment(7, str(number))
    box.fail("GET", COMMENTS, Fault.status(403), times=None, after=3)
    with pytest.raises(Refused, match="to read the comments"):
        list(github.comments(7))


def test_link_to_another_host_is_not_followed(
    box: Sandbox, elsewhere: Sandbox, github: GitHub
) -> None:
    """The link only says that there is more; the token goes to the one address it is for."""
    link = f'<{elsewhere.github_url}{COMMENTS}?page=9>; rel="next", <x>; rel="last"'
    box.fail("GET", COMMENTS, Fault.status(200, headers={"Link": link}, body=[{"id": 1}]))
    assert [comment.id for comment in github.comments(7)] == [1]
    assert [request.query["page"] for request in box.requests] == ["1", "2"]
    assert elsewhere.requests == []


def test_link_to_a_former_page_is_no_next_one(box: Sandbox, github: GitHub) -> None:
    """Only a link that is called `next` leads on."""
    link = '<https://api.github.example/next>; rel="prev", <https://x/?rel="next">; rel="first"'
    box.fail("GET", COMMENTS, Fault.status(200, headers={"Link": link}, body=[]))
    assert list(github.comments(7)) == []
    assert len(box.requests) == 1


def test_comment_of_a_deleted_account_is_read(box: Sandbox, github: GitHub) -> None:
    """A comment may have no author and no text."""
    rows = [{"id": 1, "user": None, "body": None}, {"id": 2}]
    box.fail("GET", COMMENTS, Fault.status(200, body=rows))
    assert [(comment.user, comment.body) for comment in github.comments(7)] == [(None, None)] * 2


@pytest.mark.parametrize("body", ["{}", "null", "<html>", '[{"id": "x"}]', "[5]"])
def test_comments_of_another_form_are_unusable(box: Sandbox, github: GitHub, body: str) -> None:
    """A list that cannot be read is one clear error."""
    box.fail("GET", COMMENTS, Fault.body(body))
    with pytest.raises(AnswerUnusable, match="to read the comments") as caught:
        list(github.comments(7))
    assert "\n" not in str(caught.value)


def test_comment_is_posted(box: Sandbox, github: GitHub) -> None:
    """A comment is posted as it is, and comes back with its id, address and author."""
    comment = github.post_comment(7, "<!-- x -->\nhello ü")
    (sent,) = box.requests
    assert (sent.method, sent.path, sent.json()) == (
        "POST",
        COMMENTS,
        {"body": "<!-- x -->\nhello ü"},
    )
    assert comment.id == box.github.comments[0]["id"]
    assert comment.html_url == box.github.comments[0]["html_url"]
    assert comment.user == Account(login="github-actions[bot]", id=41_898_282, type="Bot")


def test_comment_is_edited(box: Sandbox, github: GitHub) -> None:
    """An edit changes the text of the one comment."""
    row, other = box.github.add_comment(7, "before"), box.github.add_comment(7, "other")
    assert github.edit_comment(row["id"], "after").body == "after"
    assert (row["body"], other["body"]) == ("after", "other")
    assert [request.method for request in box.requests] == ["PATCH"]


def test_comment_is_deleted(box: Sandbox, github: GitHub) -> None:
    """The one comment goes, the others stay."""
    row, other = box.github.add_comment(7, "twin"), box.github.add_comment(7, "other")
    github.delete_comment(row["id"])
    assert box.github.comments == [other]


def test_begin_of_a_run(box: Sandbox, github: GitHub) -> None:
    """A workflow run tells when it began."""
    box.github.add_run(500, "2026-07-01T00:00:00Z")
    assert github.run_created_at("500") == "2026-07-01T00:00:00Z"


def test_runs_of_a_time(box: Sandbox, github: GitHub) -> None:
    """Both ends are given in UTC, and beside the newest runs stands how many there are."""
    for number in range(120):
        box.github.add_run(number, "2026-07-01T00:00:00Z", "push", head_branch="x")
    since = datetime(2026, 7, 1, 2, tzinfo=timezone(timedelta(hours=2)))
    page = github.runs(since, since + timedelta(days=1), branch="x")
    [asked] = box.requests
    assert asked.query == {
        "created": "2026-07-01T00:00:00Z..2026-07-02T00:00:00Z",
        "exclude_pull_requests": "true",
        "branch": "x",
        "per_page": "100",
    }
    assert (page.total_count, len(page.workflow_runs), page.is_whole) == (120, 100, False)
    assert page.workflow_runs[0].id == 119


@pytest.mark.parametrize("odd", [{"id": 1}, {"id": 1, "head_repository": None, "event": 5}])
def test_a_run_that_lacks_facts_is_a_run(box: Sandbox, github: GitHub, odd: dict[str, Any]) -> None:
    """Whatever GitHub leaves out counts as unknown."""
    body = {"total_count": 1, "workflow_runs": [odd]}
    path = "/repos/octo/garden/actions/runs"
    box.fail("GET", path, Fault.body(json.dumps(body), content_type="application/json"))
    now = datetime.now(timezone.utc)
    [run] = github.runs(now, now).workflow_runs
    assert (run.id, run.head_repository, run.event) == (1, None, None)


@pytest.mark.parametrize("fault", [Fault.drop_after(), Fault.truncate()], ids=["drop", "truncate"])
def test_comment_of_unknown_fate_is_not_repeated(
    box: Sandbox, github: GitHub, fault: Fault
) -> None:
    """A post whose answer is lost is sent once."""
    box.fail("POST", COMMENTS, fault)
    with pytest.raises(FateUnknown, match="to post the comment"):
        github.post_comment(7, "hello")
    assert len(box.github.comments) == 1


# Accounts and pull requests


def test_account_of_a_personal_token(box: Sandbox, to: Connect) -> None:
    """A personal token speaks for a person, whom GitHub names."""
    token = box.github.add_person("hubot")
    account = to(box.github_url, token).account()
    assert (account.login, account.type) == ("hubot", "User")


def test_account_of_a_workflow_is_refused(github: GitHub) -> None:
    """A workflow's token may not ask who it speaks for."""
    with pytest.raises(Refused, match="Resource not accessible by integration") as caught:
        github.account()
    assert caught.value.status == 403


def test_pull_requests_of_a_commit(box: Sandbox, github: GitHub) -> None:
    """The pull requests of a commit come with what tells which one is meant."""
    box.github.add_pull(8, head_sha=SHA)
    box.github.add_pull(
        9, state="closed", merged_at="2026-07-01T00:00:00Z", merge_commit_sha=SHA, head_sha="d" * 40
    )
    found = github.pulls_of_commit(ByCommit(SHA))
    assert [(pull.number, pull.state, pull.head.sha) for pull in found] == [
        (8, "open", SHA),
        (9, "closed", "d" * 40),
    ]
    assert (found[1].merged_at, found[1].merge_commit_sha) == ("2026-07-01T00:00:00Z", SHA)


@pytest.mark.parametrize("branch", ["feature", "a/b", "ü&state=all#x", "a b+c"])
def test_open_pull_requests_of_a_branch(box: Sandbox, github: GitHub, branch: str) -> None:
    """A branch is looked for under its owner; its name stays one value of the query."""
    box.github.add_pull(8, head_owner="friend", head_ref=branch)
    box.github.add_pull(9, head_owner="stranger", head_ref=branch)
    box.github.add_pull(10, head_owner="friend", head_ref=branch, state="closed")
    found = github.open_pulls_of(ByHead("friend", branch, SHA))
    assert [pull.number for pull in found] == [8]
    assert box.requests[0].query["head"] == f"friend:{branch}"


# Headers, refusals, token


def test_requests_name_token_and_version(box: Sandbox, github: GitHub) -> None:
    """Each request carries the token and the version of the API."""
    list(github.comments(7))
    headers = box.requests[0].headers
    assert headers["authorization"] == f"Bearer {box.github_token}"
    assert headers["accept"] == "application/vnd.github+json"
    assert headers["x-github-api-version"] == "2022-11-28"


COMMENT = "/repos/octo/garden/issues/comments/1001"


@pytest.mark.parametrize("status", [401, 403, 404, 410, 422, 429, 500, 503])
def test_refusal_is_one_line(box: Sandbox, github: GitHub, status: int) -> None:
    """What was asked, the status and GitHub's message stand on one line."""
    body = {"message": "You have\nexceeded\u2028a limit", "documentation_url": "https://x"}
    box.fail("PATCH", COMMENT, Fault.status(status, body=body), times=None)
    with pytest.raises(Refused) as caught:
        github.edit_comment(1001, "hello")
    assert str(caught.value).startswith(
        f"GitHub refused to edit the comment (PATCH {COMMENT}: {status} You have exceeded a limit)"
    )
    assert len(str(caught.value).splitlines()) == 1
    assert (caught.value.status, caught.value.reason) == (status, "You have exceeded a limit")


@pytest.mark.parametrize("body", [b"", "<html>\nno</html>", [], {"message": 5}])
def test_refusal_by_something_else_is_one_line(box: Sandbox, github: GitHub, body: object) -> None:
    """A proxy's page is not quoted."""
    box.fail("PATCH", COMMENT, Fault.status(502, body=body), times=None)
    with pytest.raises(Refused, match=r"502 with an answer that is not JSON\)") as caught:
        github.edit_comment(1001, "hello")
    assert "\n" not in str(caught.value)


def test_long_message_is_cut(box: Sandbox, github: GitHub) -> None:
    """GitHub's message is quoted up to a length that an annotation can show."""
    box.fail("POST", COMMENTS, Fault.status(422, body={"message": "m" * 5_000, "url": "https://x"}))
    with pytest.raises(Refused) as caught:
        github.post_comment(7, "hello")
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirect_names_where_to(
    box: Sandbox, elsewhere: Sandbox, github: GitHub, status: int
) -> None:
    """A repository that has moved is an error that names where to, and nobody asks there."""
    target = f"{elsewhere.github_url}/repositories/1"
    box.fail("GET", COMMENTS, Fault.redirect(f"{target}?x=y", status))
    with pytest.raises(Refused, match="the address has moved to ") as caught:
        list(github.comments(7))
    assert str(caught.value).endswith(target)
    assert elsewhere.requests == []


def test_token_is_in_no_error_and_no_representation(box: Sandbox, github: GitHub) -> None:
    """Whatever goes wrong, nothing that can be printed shows the token."""
    shown = [repr(github), repr(vars(github))]
    shown += [repr(vars(value)) for value in vars(github).values() if hasattr(value, "__dict__")]
    for fault in (Fault.drop(), Fault.truncate(), Fault.body("{}"), Fault.status(401)):
        box.fail("*", COMMENTS, fault)
        with pytest.raises(ServiceError) as caught:
            github.post_comment(7, "hello")
        shown += [str(caught.value), repr(caught.value), repr(caught.value.__context__)]
    assert not [text for text in shown if box.github_token in text]
