"""What GitHub means when it says no: in its own texts, each with what mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harmonica_session.errors import Barred, FateUnknown, Refused
from harmonica_session.event import ByCommit
from harmonica_session.sandbox import Fault

if TYPE_CHECKING:
    from harmonica_session.edges.github.client import GitHub
    from harmonica_session.sandbox import Sandbox

_COMMENTS = "/repos/octo/garden/issues/7/comments"
_DOCS = "https://docs.github.com/rest"
_SAML = "https://docs.github.com/articles/authenticating-to-a-github-organization-with-saml-single-sign-on/"
_LOCKING = "https://docs.github.com/articles/locking-conversations/"
_CREDENTIALS = (
    "Although you appear to have the correct authorization credentials, the `octo` organization has"
)


def post(box: Sandbox, github: GitHub, fault: Fault) -> Refused:
    """Return how the post of a comment was refused, having been sent once."""
    box.github.add_pull(7)
    box.fail("POST", _COMMENTS, fault, times=None)
    with pytest.raises(Refused) as caught:
        github.post_comment(7, "hello")
    assert len(box.requests_to("POST", _COMMENTS)) == 1
    return caught.value


@pytest.mark.parametrize(
    ("status", "said", "remedy"),
    [
        (
            403,
            "Resource protected by organization SAML enforcement. You must grant",
            "single sign-on",
        ),
        (403, "Sorry. Your account was suspended", "suspended; have the suspension lifted"),
        (403, "This installation has been suspended", "suspended; have the suspension lifted"),
        (403, f"{_CREDENTIALS} an IP allow list enabled, and 192.0.2.1 is not", "on that list"),
        (403, f"{_CREDENTIALS} enabled OAuth App access restrictions", "another kind"),
        (403, "`octo` forbids access via a personal access token (classic).", "another kind"),
        (403, "Repository was archived so is read-only.", "unarchive it"),
        (
            403,
            "Repository was archived so is read-only and unable to comment because it is locked.",
            "unarchive it",
        ),
        (403, "Unable to create comment because issue is locked.", "unlock it"),
        (
            403,
            "Commenting is disabled on issues with more than 2500 comments",
            "has reached its limit",
        ),
        (
            422,
            "Commenting is disabled on issues with more than 2,500 comments",
            "has reached its limit",
        ),
        (401, "Bad credentials", "`github-token` is mistyped"),
        (401, "Requires authentication", "`github-token` is mistyped"),
        (403, "Maximum number of login attempts exceeded. Please try", "was wrong too often"),
        (403, "User is blocked", "is blocked here"),
        (403, "Repository access blocked", "disabled the repository"),
        (403, "Access to this repository has been disabled by GitHub staff", "disabled the"),
        (403, "Repository has been locked for migration.", "is being migrated"),
        (409, "Git Repository is empty.", "push one first"),
        (410, "This issue was deleted", "deleted, moved or converted into a discussion"),
        (410, "Issues are disabled for this repo", "turn them on"),
        (451, "Repository access blocked", "disabled the repository"),
    ],
)
def test_a_refusal_that_no_permission_mends_has_its_own_remedy(
    box: Sandbox, github: GitHub, status: int, said: str, remedy: str
) -> None:
    """GitHub's own sentence stands in the line, and behind it what to do."""
    body = {"message": said, "documentation_url": f"{_DOCS}/issues/comments"}
    error = post(box, github, Fault.status(status, body=body))
    assert isinstance(error, Barred)
    assert f"{status} {said[:40]}" in str(error)
    assert remedy in str(error)
    assert error.advised("issues: write") == str(error)


@pytest.mark.parametrize(
    ("headers", "content", "remedy"),
    [
        ({"x-github-sso": "required; url=https://github.com/orgs/octo/sso?x=y"}, {}, "sign-on"),
        ({}, {"documentation_url": _SAML}, "single sign-on"),
        ({}, {"documentation_url": _LOCKING}, "unlock it"),
        ({}, {"block": {"reason": "dmca", "created_at": "2026-11-23"}}, "disabled the repository"),
        (
            {},
            {"errors": [{"message": "It has more than 2500 comments"}, "x", 5]},
            "has reached its limit",
        ),
    ],
)
def test_headers_links_and_codes_say_the_same(
    box: Sandbox, github: GitHub, headers: dict[str, str], content: dict[str, object], remedy: str
) -> None:
    """They stay when GitHub puts its sentence otherwise; an address with a secret is not shown."""
    body = {"message": "No", "documentation_url": _DOCS, **content}
    error = post(box, github, Fault.status(403, headers=headers, body=body))
    assert isinstance(error, Barred)
    assert remedy in str(error)
    assert "?x=y" not in str(error)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (403, "Resource not accessible by integration"),
        (403, "Resource not accessible by personal access token"),
        (403, "Must have admin rights to Repository."),
        (404, "Not Found"),
    ],
)
def test_a_lack_of_permission_names_the_permission(
    box: Sandbox, github: GitHub, status: int, said: str
) -> None:
    """What a permission mends has no other remedy."""
    body = {"message": said, "documentation_url": _DOCS}
    error = post(box, github, Fault.status(status, body=body))
    assert not isinstance(error, Barred)
    assert error.is_denial
    assert error.advised("issues: write").endswith("; it needs `issues: write`")


def test_a_limit_comes_first(box: Sandbox, github: GitHub) -> None:
    """Whatever else the answer has in it, it wants to be asked later."""
    said = "You have been temporarily blocked from content creation: it is locked and archived."
    body = {"message": said, "documentation_url": _LOCKING}
    box.github.add_pull(7)
    box.fail("POST", _COMMENTS, Fault.status(403, body=body), times=None)
    with pytest.raises(Refused) as caught:
        github.post_comment(7, "hello")
    assert not isinstance(caught.value, Barred)
    assert caught.value.is_limit
    assert "try again in 60 seconds" in str(caught.value)


def test_a_comment_that_came_too_soon_is_posted_later(box: Sandbox, github: GitHub) -> None:
    """That is a limit too, for all that it calls the comment invalid."""
    box.github.add_pull(7)
    details = [{"resource": "IssueComment", "message": "was submitted too quickly"}]
    body = {"message": "Validation Failed", "documentation_url": _DOCS, "errors": details}
    box.fail("POST", _COMMENTS, Fault.status(422, headers={"retry-after": "2"}, body=body))
    assert github.post_comment(7, "hello").body == "hello"
    assert len(box.requests_to("POST", _COMMENTS)) == 2


def test_what_is_invalid_is_said(box: Sandbox, github: GitHub) -> None:
    """GitHub's first sentence does not tell."""
    details = [{"field": "body", "message": "body is too long (maximum is 65536 characters)"}, "so"]
    body = {"message": "Validation Failed", "documentation_url": _DOCS, "errors": details}
    error = post(box, github, Fault.status(422, body=body))
    assert "422 Validation Failed: body is too long (maximum is 65536 characters); so)" in str(
        error
    )


def test_something_in_front_knows_nothing_of_locks(box: Sandbox, github: GitHub) -> None:
    """Only what has the form of GitHub's own answers is understood as one."""
    box.github.add_pull(7)
    fault = Fault.status(403, body={"message": "This request is locked", "id": 5})
    box.fail("POST", _COMMENTS, fault)
    with pytest.raises(FateUnknown):
        github.post_comment(7, "hello")
    box.fail("GET", _COMMENTS, fault)
    with pytest.raises(Refused) as caught:
        list(github.comments(7))
    assert not isinstance(caught.value, Barred)


def test_an_empty_repository_has_no_pull_request_of_a_commit(box: Sandbox, github: GitHub) -> None:
    """GitHub says 409 there, and means that there is no commit at all."""
    body = {"message": "Git Repository is empty.", "documentation_url": _DOCS}
    box.fail("GET", "/repos/octo/garden/commits/.*", Fault.status(409, body=body))
    with pytest.raises(Barred, match="no commits yet; push one first"):
        github.pulls_of_commit(ByCommit("a" * 40))
