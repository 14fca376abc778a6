"""Holds the troubleshooting page to the messages of the code, and the links of failures to it."""

from __future__ import annotations

import os
import re

import pytest

from harmonica_session.report.troubleshooting import INDEX, PAGE, link_for
from harness import messages
from harness.messages import DOCUMENTS, LAUNCHER, OPEN, PACKAGE, entries, slug, where

# What is no message by itself: nouns that fill one in, the words of others that are looked for, and
# what only a line of the log, a comment or a model says.
PARTS = {
    (
        "permissions: contents: read pull-requests: write issues: write # to create the label by "
        "which the results are found actions: read # in private repositories, to list earlier "
        "workflow runs"
    ),
    *("permissions: contents: read issues: write",),
    "permissions: contents: read issues: write pull-requests: write",
    (
        "## Harmonica session: failed **…:** … Nothing was created. "
        "[What to do about it](…#starting-the-action)"
    ),
    "Announces a Harmonica session",
    (
        "Two jobs opened an issue at the same time, and this is the later one. The session is "
        "announced in …."
    ),
    *("pull requests merged since …", "pull requests merged since the …"),
    *("issues closed since …", "issues closed since the …", "actions of earlier sessions"),
    *("events since the previous session", "Without a key, this dry run leaves out …."),
    *("No commit found", "any day now", "and close its issue", "an issue of its own"),
    *("(16 hex digits, made with the API key)", "(id of the … `…`, looked up with the API key)"),
    *("end of print statement", "expected <block end>", "a time of day"),
    *("did not find expected '-'", "did not find expected key"),
    *("dict[str, Value | None]", "dict[str, Group | Value | date]", "tuple[int, str] | None"),
    *("a PNG image", "a JPEG image", "a GIF image", "an RTF document", "an office document"),
    *("a ZIP archive or an office document", "an empty ZIP archive", "a gzip archive"),
    *("an xz archive", "a 7z archive"),
    *("a decision that says nothing", "No module named pip", "the pip that comes with Python"),
    *("… is no file", "Installing the action's libraries in …"),
    "::group::Output of … ::stop-commands::… …",
    "This session replaces ….",
    "The chain of its template is not running yet.",
    "The file has changed since then, and the session has stayed as it was.",
    "This run has not told anyone about the session; share its link.",
    "So far nobody has been told about this session…; share its link.",
    "except by Harmonica itself (`distribution`)",
}
_REFUSED = "GitHub refused to post the comment (POST /repos/octo/garden: 403 Forbidden)"
_BLOCK = "Add this to the job:\npermissions:\n  contents: read"
_LOCKED, _LACKING = "the-conversation-is-locked", "because-the-token-lacks-permission"
MODULES = sorted(
    path for path in (*PACKAGE.rglob("*.py"), *LAUNCHER.glob("*.py")) if "sandbox" not in path.parts
)
SHELL = messages.shell_messages(LAUNCHER / "launch.sh")
LISTED = [line for lines in entries().values() for line in lines]


def test_every_message_of_the_code_has_an_entry() -> None:
    """Each error and each warning stands on the page in the words that a user can search for."""
    said = {
        it
        for path in MODULES
        if path.relative_to(PACKAGE.parent).as_posix() not in DOCUMENTS
        for it in messages.messages(path)
    }
    assert len(SHELL) > 1
    said |= SHELL - {""}
    missing = {it for it in said - PARTS if not any(where(it, line) for line in LISTED)}
    assert missing == set()
    assert PARTS - said == set()


def test_every_entry_is_about_messages_of_the_code() -> None:
    """No entry has a word that the code says no longer."""
    said = {it for path in MODULES for it in messages.all_texts(path) if " " in it or OPEN in it}
    said |= SHELL
    gone = {}
    for line in LISTED:
        known = set().union(*(where(it, line) for it in said))
        rest = "".join(sign for at, sign in enumerate(line) if at not in known)
        if re.search("[A-Za-z]", rest):
            gone[line] = rest
    assert gone == {}


@pytest.mark.parametrize("heading", entries())
def test_an_entry_is_headed_by_words_of_its_messages(heading: str) -> None:
    """Who looks for the words of a message finds them in the table of contents."""
    assert any(where(heading, line) for line in entries()[heading])


def test_an_entry_says_what_to_do() -> None:
    """Below its messages each entry has at least a sentence."""
    text = messages.PAGE.read_text("utf-8")
    parts = re.split(r"^##.*\n", text, flags=re.MULTILINE)[2:]
    said = [re.sub(r"```text\n.*?\n```", "", part, flags=re.DOTALL).strip() for part in parts]
    told = [it for part, it in zip(parts, said, strict=True) if "```text" in part]
    assert len(told) == len(entries())
    assert [it for it in told if not it.endswith(".")] == []


def test_the_table_of_contents_leads_to_every_heading() -> None:
    """It lists subjects and entries in their order, each once."""
    text = messages.PAGE.read_text("utf-8")
    headings = re.findall(r"^###? (.*)$", text, re.MULTILINE)
    linked = re.findall(r"^ *- \[(.*)\]\(#(.*)\)$", text, re.MULTILINE)
    assert linked == [(it, slug(it)) for it in headings if it != "Contents"]
    assert len({slug(it) for it in headings}) == len(headings)


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("`api-key` is empty", "api-key-is-empty"),
        ("the spec's `{{ … }}`, and more", "the-specs----and-more"),
        ("HARMONICA_API_KEY: is it set?", "harmonica_api_key-is-it-set"),
        ("it's 5 · Straße", "its-5--straße"),
    ],
)
def test_an_anchor_is_made_as_github_makes_it(heading: str, anchor: str) -> None:
    """In small letters, without signs but for `-` and `_`, a hyphen for each space."""
    assert slug(heading) == anchor


def test_the_index_that_is_shipped_is_that_of_the_page() -> None:
    """The package knows the page's messages by heart, for a run has the page only as a link."""
    index = PACKAGE / "report" / INDEX.name
    lines = [f"{slug(it)}\t{line}" for it, listed in entries().items() for line in listed]
    if os.environ.get("UPDATE_GOLDEN") == "1":
        index.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    assert index.read_text("utf-8").splitlines() == lines


def test_every_message_of_the_page_leads_to_its_entry() -> None:
    """Whatever is filled in, the link is that of an entry which has the message."""
    for line in LISTED:
        link = link_for(f"s.yml:3:1: {line.replace(OPEN, 'x')}")
        assert link, line
        anchor = link.removeprefix(f"{PAGE}#")
        found = [listed for it, listed in entries().items() if slug(it) == anchor]
        assert any(where(other, line.replace(OPEN, "x")) for other in found[0]), line


@pytest.mark.parametrize(
    ("message", "anchor"),
    [
        ("`goal` is missing; add `goal: …`", "is-missing-add"),
        ("`announce` must be one of `auto`, `off`, but it is `yes`", "must-be-one-of"),
        (f"{_REFUSED}; the conversation is locked; unlock it and run this again", _LOCKED),
        (f"Not posted, because the token lacks permission: {_REFUSED}. {_BLOCK}", _LACKING),
    ],
)
def test_a_failure_leads_to_the_entry_that_helps_most(message: str, anchor: str) -> None:
    """Of a message within a message, the one with more to say is looked up."""
    assert link_for(message) == f"{PAGE}#{anchor}"


@pytest.mark.parametrize("message", ["", "nothing of the kind", "Traceback (most recent call)"])
def test_what_the_page_does_not_know_has_no_link(message: str) -> None:
    """A link that leads nowhere helps nobody."""
    assert link_for(message) is None
