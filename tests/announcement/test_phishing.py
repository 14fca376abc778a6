"""What a stranger wrote, wherever it is filled in: text, and never the thing to click.

Rendered by GitHub's own implementation of its Markdown, with its autolinks; what GitHub looks for
afterwards is looked for in the rendered text, by the rules that it has published.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harmonica_session.announcement.invitation import comment
from harmonica_session.announcement.invitation import invitation as invitation_text
from harmonica_session.announcement.own_issues import title_of
from harmonica_session.announcement.trust import HOMEPAGE
from harmonica_session.errors import Problem, SpecError
from harmonica_session.report import summary as report
from harmonica_session.report.summary import Failed
from harmonica_session.results import texts
from harmonica_session.results.texts import Told
from harmonica_session.words.agreed import Agreed
from harmonica_session.words.opening import Opening
from harmonica_session.words.results import Decision, Tension
from harness.documents import full
from harness.rendered import links_in, references_in, rendered, text_in

if TYPE_CHECKING:
    from harmonica_session.announcement.invitation import Invitation

_SPEC_URL = "https://github.com/octo/garden/blob/main/.harmonica/session.yml"
_COMMENT_URL = "https://github.com/octo/garden/pull/7#issuecomment-1"
_HELP_URL = "https://github.com/octo/garden/blob/main/.github/docs/troubleshooting.md"
DISGUISES = {
    "an address": "Please join here instead: https://evil.example/join",
    "without TLS": "http://evil.example",
    "in capitals": "HTTPS://EVIL.EXAMPLE",
    "www": "www.evil.example/join",
    "www in capitals": "WWW.evil.example",
    "another scheme": "ftp://evil.example ssh://git@evil.example vscode://evil.example/x",
    "without a scheme": "//evil.example/join",
    "e-mail": "join@evil.example",
    "mailto": "mailto:join@evil.example",
    "xmpp": "xmpp:join@evil.example/room",
    "tel, javascript, data": "tel:112 javascript:alert(1) data:text/html,x",
    "in angle brackets": "<https://evil.example> <join@evil.example> <mailto:join@evil.example>",
    "a link": "[Join the session](https://evil.example)",
    "a link in angle brackets": "[Join](<https://evil.example> 'Join')",
    "an image": "![Join](https://evil.example/a.png)",
    "an image in a link": "[![Join](https://evil.example/a.png)](https://evil.example)",
    "a reference link": "[Join][1]\n\n[1]: https://evil.example",
    "a collapsed reference": "[Join][]\n[Join]: https://evil.example 'x'",
    "a footnote": "Join[^1]\n\n[^1]: https://evil.example",
    "HTML": '<a href="https://evil.example">Join the session</a>',
    "HTML over lines": '<a\nhref="https://evil.example"\n>Join</a>',
    "an entity": "https&#58;//evil.example https&colon;//evil.example",
    "entities": "&#104;&#116;&#116;&#112;&#115;&#58;&#47;&#47;evil.example &#119;ww.evil.example",
    "twice an entity": "https&amp;#58;//evil.example",
    "soft hyphen": "ht\u00adtps://evil.example",
    "zero width space": "https:\u200b//evil.example w\u200bww.evil.example",
    "zero width joiner": "https:/\u200d/evil.example",
    "word joiner": "www\u2060.evil.example join\u2060@evil.example",
    "byte order mark": "h\ufefftttps://evil.example \ufeffhttps://evil.example",
    "tag characters": "http\U000e0073s://evil.example https://evil.example",
    "a line end inside": "https://\nevil.example",
    "turned round": "\u202eelpmaxe.live//:sptth https://evil.example\u202c",
    "full-width dots": "https://evil\uff0eexample www.evil\u3002example www\uff0eevil.example",
    "full-width signs": "https\uff1a//evil.example join\uff20evil.example",
    "escaped": "https:\\//evil.example \\www.evil.example \\<https://evil.example>",
    "in code": "`https://evil.example` ``www.evil.example``",
    "in emphasis": "**https://evil.example** _www.evil.example_ ~~join@evil.example~~",
    "in brackets": "(https://evil.example) (www.evil.example) [https://evil.example]",
    "beside a letter": "\u00e9https://evil.example \u00e9www.evil.example xhttps://evil.example",
    "with a password": "https://harmonica.chat@evil.example/",
    "a comment": "<!-- --> https://evil.example <!--",
    "a mention": "@octocat @octo-org/team \uff20octocat",
    "an issue": "#1 GH-1 octo/garden#1 octocat#1 gh-99",
    "a commit": "0123abc octo/garden@0123456789012345678901234567890123456789 0123abc...89abcde",
    "a coloured box": "[!WARNING]\n[!IMPORTANT] This session has moved",
    "of Forgejo's own": "[[Join the session|https://evil.example]] !1",
    "an advisory": "GHSA-mrrh-fwg8-r2c3 CVE-2021-44228",
    "an address of GitHub": "https://github.com/octo/garden/issues/1",
    "a table": "| a |\n|---|\n| https://evil.example |",
    "a heading": "x\n===\n# https://evil.example\n### [Join the session](https://evil.example)",
    "a box": "- [ ] https://evil.example\n> [!IMPORTANT]\n> https://evil.example",
    "several lines": "Please\njoin here:\n\nhttps://evil.example\n\n    www.evil.example",
}


def _documents(invitation: Invitation, text: str) -> dict[str, tuple[str, list[str]]]:
    """Return all that is posted and shown, each filled in with a text, and the links in it."""
    it = replace(full(invitation, text), opening=Opening(text, text))
    joined = it.join_url
    told = Told(
        spec=f"{text}.yml",
        topic=text,
        join_url=joined,
        standing="1 took part.",
        is_final=True,
        summary=f"{text}\n\n- {text}\n\n# {text}",
        decisions=(Decision(label=text, summary=text),),
        agreed=(Agreed(description=text[:200], owner=text[:60], due=text[:40]),),
        tensions=(Tension(summary=text, sides=(text, text)),),
    )
    still_open = replace(told, is_final=False)
    facts = {"Session": text, "Spec": text, "Comment": _COMMENT_URL}
    problems = SpecError(Problem(text, 1, 1, text), text)
    return {
        "comment": (
            comment(it, spec=f"{text}.yml", spec_url=_SPEC_URL),
            [joined, HOMEPAGE, _SPEC_URL],
        ),
        "comment of a round that is over": (
            comment(replace(it, over="This round is over."), spec=text),
            [joined, HOMEPAGE],
        ),
        "comment of a completed session": (
            comment(replace(it, is_completed=True), spec=text),
            [HOMEPAGE, joined],
        ),
        "results": (texts.results(told, 20_000), [joined]),
        "results so far": (texts.results(still_open, 20_000), [joined]),
        "reminder": (texts.reminder(still_open), [joined]),
        "action's issue": (texts.action_text(told, 1, _COMMENT_URL), [_COMMENT_URL]),
        "summary": (
            report.summary("created", facts, [text, text], [text], text),
            [_COMMENT_URL],
        ),
        "what stands below": (report.below(invitation_text(it)), [joined, HOMEPAGE]),
        "dry run": (report.foreseen(text, comment(it, spec=text)), [joined, HOMEPAGE]),
        "requests of a dry run": (report.folded([(text, text)]), []),
        "summary of a failure": (
            report.failure(problems, Failed(text, text, is_one_of_several=True), _HELP_URL),
            [_HELP_URL],
        ),
    }


@pytest.mark.parametrize("text", DISGUISES.values(), ids=DISGUISES.keys())
def test_the_only_links_are_ours(invitation: Invitation, text: str) -> None:
    """The rendered HTML holds no link but ours, wherever the text is filled in."""
    documents = _documents(invitation, text)
    found = {name: links_in(rendered(it)) for name, (it, _) in documents.items()}
    assert found == {name: expected for name, (_, expected) in documents.items()}
    assert not [name for name, (it, _) in documents.items() if "<img" in rendered(it)]


@pytest.mark.parametrize("text", DISGUISES.values(), ids=DISGUISES.keys())
def test_github_finds_nothing_to_refer_to(invitation: Invitation, text: str) -> None:
    """Neither somebody nor an issue, a commit or an advisory, and no address, in rendered text."""
    for name, (it, _) in _documents(invitation, text).items():
        assert references_in(text_in(rendered(it))) == [], name


@pytest.mark.parametrize("text", DISGUISES.values(), ids=DISGUISES.keys())
def test_a_title_holds_nothing_to_refer_to(text: str) -> None:
    """A title is no Markdown, and GitHub looks for the same in it."""
    told = Told("s.yml", text, "", "", is_final=True, agreed=(Agreed(description=text[:200]),))
    for title in (title_of(text), texts.action_title(told, 1)):
        assert references_in(title) == []
