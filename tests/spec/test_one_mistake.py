"""One mistake in a spec is one error: a slip in a key is not two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

_START = "topic: A topic\ngoal: A goal\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("topic: t\ngaol: x\n", "2:1: `gaol` is not a key here; did you mean `goal`?"),
        ("topic: t\nGoal: x\n", "2:1: `Goal` is not a key here; did you mean `goal`?"),
        ("TOPIC: t\ngoal: x\n", "1:1: `TOPIC` is not a key here; did you mean `topic`?"),
        ('topic: t\n"goal ": x\n', "2:1: `goal` is not a key here; it has a space before or"),
        (f"{_START}questions: [{{txt: a}}]\n", "3:14: `questions[1].txt` is not a key here"),
        (f"{_START}questions: [{{text: a, required true}}]\n", "3:23: `questions[1].required tr"),
        (
            f"{_START}distribution: [{{channel: slack, grup: }}]\n",
            "3:33: `distribution[1].grup` is",
        ),
        (
            f"{_START}questions: [{{text:a}}]\n",
            "3:14: `questions[1].text:a` is not a key here; put a space after the colon",
        ),
        (f"{_START}questions:\n  - Why: what\n", "4:5: `questions[1].Why` is not a key here; put"),
        (
            f"{_START}distribution: [{{chanel: telegram, group: x}}]\n",
            "3:17: `distribution[1].chanel` is not a key here; did you mean `channel`?",
        ),
        (
            f"{_START}distribution: [{{channel: telegram, groupid: x}}]\n",
            "3:36: `distribution[1].groupid` is not a key here; did you mean `group_id`?",
        ),
        (
            f"{_START}distribution: [{{channel: Telegram, group: x}}]\n",
            "3:26: `Telegram` must be written `telegram`",
        ),
        (
            f"{_START}distribution: [{{channel: telegr\u0430m, group: x}}]\n",
            "3:32: U+0430 (cyrillic small letter a)",
        ),
        (
            f"{_START}distribution: [{{channel: telegramm, group: x}}]\n",
            ("3:37: `distribution[1].group` would be looked up among the Telegram groups; did you"),
        ),
        (
            f"{_START}context_from: [{{previous_session: {{id: x}}}}]\n",
            "3:36: `context_from[1].previous_session.id` is not a key here; there is `session`",
        ),
        (f"{_START}roster: [{{emial: x}}]\n", "3:11: `roster[1].emial` is not a key here; did"),
        (
            f"{_START}roster: [{{displayname: x}}]\n",
            "3:11: `roster[1].displayname` is not a key here; did you mean `displayName`?",
        ),
        (f"{_START}context_sources: [{{fiel: x}}]\n", "3:20: `context_sources[1].fiel` is not a"),
        (
            f"{_START}context_from:\n  - issues_closed: {{sinse: 14d}}\n",
            "4:21: `context_from[1].issues_closed.sinse` is not a key here; did you mean `since`?",
        ),
        (
            f"{_START}context_from:\n  - merged-pull-requests: {{since: 14d}}\n",
            "4:5: `context_from[1].merged-pull-requests` is not a key here; did you mean",
        ),
        (f"{_START}questions: [{{text: a, type: options, options: [b]}}]\n", "3:29: `"),
        (f"{_START}duration: 5\n", "3:1: `duration` is not a key here; there are `topic`"),
        (f"{_START}context_limit: 5000.0\n", "3:16: `context_limit` must be a whole number, but"),
    ],
)
def test_one_mistake_is_one_error(
    text: str, said: str, problems_of: Callable[[str | bytes], list[str]]
) -> None:
    """A key that is misspelt is not said to be missing as well, nor is what it stands in blamed."""
    [problem] = problems_of(text)
    assert problem.startswith(f"s.yml:{said}")


@pytest.mark.parametrize(
    ("expression", "meant"),
    [
        ("toady", "today"),
        ("Today", "today"),
        ("today | uper", "| upper"),
        ("today | defualt('x')", "| default"),
        ("pull_request.titel", "pull_request.title"),
        ("today is defind", "is defined"),
    ],
)
def test_the_nearest_name_of_an_expression_is_suggested(
    expression: str, meant: str, problems_of: Callable[[str | bytes], list[str]]
) -> None:
    """A filter, a test, a name and a part of one."""
    [problem] = problems_of(f'topic: "{{{{ {expression} }}}}"\ngoal: x\n')
    assert problem.endswith(f"did you mean `{meant}`?")


def test_two_mistakes_are_two_errors(problems_of: Callable[[str | bytes], list[str]]) -> None:
    """A key that is none, and one that is nowhere to be seen, are told both."""
    assert len(problems_of("topic: t\nduration: 5\n")) == 2
    assert len(problems_of("gaol: x\nquestions: [{txt: a}]\n")) == 3
