"""Expressions in a spec: what they come to, what they may not do, and where it is said."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonica_session.errors import SpecError
from harmonica_session.spec.filters import FILTERS
from harmonica_session.spec.flaw import LONGEST_TEXT
from harmonica_session.spec.jinja import DATE_METHODS, TEXT_METHODS
from harmonica_session.spec.spec import Spec, read_spec
from harmonica_session.spec.template import (
    LONGEST_EXPRESSION,
    MOST_EXPRESSIONS,
    MOST_PROBLEMS,
)
from harmonica_session.spec.values import NAMES, Group
from harness.pages import table, text_of

if TYPE_CHECKING:
    from harmonica_session.spec.values import Values

ROOT = Path(__file__).resolve().parents[2]
TITLE = "Fix \"it\": 'now' {{ actor }} #1\n- x: {% y %}"
VALUES: Values = {
    "pull_request": Group(
        "pull_request",
        {"number": 7, "title": TITLE, "body": "", "labels": ["bug", "ci"], "draft": False},
        "pull request #7 has none",
    ),
    "issue": Group("issue", {}, "the event `push` has no issue"),
    "inputs": Group("inputs", {"a-b": "on", "count": 3}, "no such input"),
    "vars": Group("vars", {"team": "blue team", "long": "x" * 60_000}, "`vars` does not set it"),
    "actor": "octo",
    "today": date(2026, 11, 23),
}

# Builds the reader of specs as the action does, and tells whether Jinja2 was needed for a spec.
PAGE = ".github/docs/values.md"
READ_AND_TELL = """
import sys
sys.path.insert(0, sys.argv[1])
from harmonica_session.spec.spec import read_spec
read_spec(sys.argv[2].encode(), "session.yml")
print("jinja2" in sys.modules)
"""


def filled(goal: str) -> str:
    """Return a goal, filled in."""
    return read_spec(f"topic: t\ngoal: |-\n  {goal}\n".encode(), "s.yml", VALUES).goal


def problems(text: str, values: Values | None = VALUES) -> list[str]:
    """Return the problems of a spec, each as `line:column: message`."""
    with pytest.raises(SpecError) as caught:
        read_spec(text.encode(), "s.yml", values)
    return [str(problem).removeprefix("s.yml:") for problem in caught.value.problems]


def problem(expression: str) -> str:
    """Return the only problem of an expression."""
    [found] = problems(f"topic: t\ngoal: |-\n  {{{{ {expression} }}}}\n")
    place, _, message = found.partition(": ")
    assert place == "3:3"
    return message


@pytest.mark.parametrize(
    ("goal", "expected"),
    [
        ("#{{ pull_request.number }}, {{actor}}", "#7, octo"),
        ("{{ pull_request['number'] + 1 }}", "8"),
        ("{{ inputs['a-b'] }} {{ inputs.count * 2 }}", "on 6"),
        ("{{ pull_request.labels | join(', ') }}", "bug, ci"),
        ("{{ pull_request.labels[0] }} {{ pull_request.labels | last }}", "bug ci"),
        ("{{ pull_request.draft }} {{ 'is ' ~ pull_request.draft }}", "false is false"),
        ("{{ vars.team.split(' ')[0] | upper }} {{ vars.team[:2] }}", "BLUE bl"),
        ("{{ vars.team | replace('blue', 'red') | capitalize }}", "Red team"),
        ("{{ 'one two three' | truncate(9) }}", "one two…"),
        ("{{ pull_request.body | default('none', true) }}", "none"),
        ("{{ today }} {{ today.strftime('%G-W%V') }}", "2026-11-23 2026-W48"),
        ("{{ issue.title | default('no issue') }}", "no issue"),
        ("{{ issue.title[:3].upper() | default('no issue') }}", "no issue"),
        ("{{ 'a' if issue is defined else 'b' }}", "b"),
        ("{{ vars.more | default('') }}.", "."),
        ("{{ '{{' }} x {{ '}}' }} {% }} {", "{{ x }} {% }} {"),
    ],
)
def test_an_expression_comes_to_its_value(goal: str, expected: str) -> None:
    """Names, filters, methods and operators do what Jinja's do."""
    assert filled(goal) == expected


def texts_of(spec: Spec) -> list[str | None]:
    """Return every text of a spec that may hold expressions, in the order of the keys."""
    asked = [text for q in spec.questions or [] for text in (q.text, *(q.options or []))]
    return [spec.topic, spec.goal, spec.context, spec.critical, spec.prompt, *asked]


def test_a_value_is_filled_in_once_and_as_text() -> None:
    """Quotes, colons, line breaks and braces in a title mean nothing to YAML or Jinja."""
    text = "topic: &t '{{ pull_request.title }}'\ngoal: *t\nquestions: [*t, {text: *t}]\n"
    spec = read_spec(text.encode(), "s.yml", VALUES)
    assert [text for text in texts_of(spec) if text] == [TITLE] * 4


def test_all_texts_for_people_are_filled_in() -> None:
    """Topic, goal, context, critical question, prompt, questions and options take values."""
    text = """\
topic: "{{ actor }}1"
goal: "{{ actor }}2"
context: "{{ actor }}3"
critical: "{{ actor }}4"
prompt: "{{ actor }}5"
questions: ["{{ actor }}6", {text: "{{ actor }}7", type: Options, options: ["{{ actor }}8"]}]
"""
    spec = read_spec(text.encode(), "s.yml", VALUES)
    assert texts_of(spec) == [f"octo{n}" for n in range(1, 9)]


@pytest.mark.parametrize(
    "line",
    [
        "template_id: 't-{{ actor }}'",
        "project_id: '{{ actor }}'",
        "distribution: [{channel: telegram, group_id: '{{ actor }}'}]",
        "roster: [{email: '{{ actor }}@example.org'}]",
    ],
)
def test_ids_and_addresses_are_never_filled_in(line: str) -> None:
    """A `{{` where nobody reads a text is an error that says so, with its column."""
    [found] = problems(f"topic: t\ngoal: g\n{line}\n")
    assert found.startswith(f"3:{line.index('{{') + 1}: values are not filled in here")


def test_what_is_passed_on_as_it_stands_stays_as_it_stands() -> None:
    """Under `api:` braces are nobody's business."""
    spec = read_spec(b"topic: t\ngoal: g\napi: {welcome: 'Hi {{ name }}'}\n", "s.yml", VALUES)
    assert spec.api == {"welcome": "Hi {{ name }}"}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("topic: t\ngoal: see {{ nope }}\n", "2:11"),
        ("topic: t\ngoal: 'it''s {{ nope }}'\n", "2:14"),
        ('topic: t\ngoal: "\\u00e9 {{ actor }} é {{ nope }}"\n', "2:29"),
        ("topic: t\ngoal: |\n  {{ actor }}\n\n  é {{ nope }}\n", "5:5"),
        ("topic: t\ngoal: > # {{ this }}\n  one\n  two {{ nope }}\n", "4:7"),
        ("topic: t\r\ngoal: |\r\n  one\r\n  two {{ nope }}\r\n", "4:7"),
        ("topic: t\ngoal: g\nquestions: [a, {text: 'b {{ nope }}'}]\n", "3:26"),
        ('topic: t\ngoal: "\\x7b{ x {{ nope }}"\n', "2:7"),
        ("topic: t\ngoal: g\nquestions: [&a {text: 'b {{ actor }}'}, *a, '{{ nope }}']\n", "3:46"),
    ],
)
def test_a_problem_has_the_place_of_its_expression(text: str, place: str) -> None:
    """Line and column are those of the braces, or of the text where an escape hides them."""
    assert [found.split(": ")[0] for found in problems(text)] == [place]


@pytest.mark.parametrize(
    ("expression", "advice"),
    [
        ("pull_reqest.title", "did you mean `pull_request`?"),
        ("pull_request.titel", "did you mean `pull_request.title`?"),
        ("pull_request['titel']", "did you mean `pull_request.title`?"),
        ("title", "the known ones are `pull_request`, `issue`, `release`, `repository`"),
        ("secrets.KEY | default('x')", "`secrets` is not known here"),
        ("env.HOME", "`env` is not known here"),
        ("pull_request.title | uper", "did you mean `| upper`?"),
        ("pull_request.title.uper()", "did you mean `.upper`?"),
        ("vars.taem", "there is `vars.team`"),
        ("pull_request.labels", "`| join(', ')`"),
        ("pull_request", "has several values: `pull_request.number`"),
        ("inputs", "choose one, such as `inputs.x`"),
        ("", "Expected an expression, got '}}'"),
        ("a b", "got 'b'"),
    ],
)
def test_a_mistake_is_told_with_what_to_write(expression: str, advice: str) -> None:
    """An unknown name has the nearest known one, or all that there are."""
    assert advice in problem(expression)


def test_expressions_are_checked_before_there_are_values() -> None:
    """All unknown names come with the other problems of the spec, without asking anybody."""
    text = "topic: '{{ nope }}'\ngoal: '{{ actor | nope }}'\ncritcal: x\n"
    assert [found.split(": ")[0] for found in problems(text, None)] == ["1:9", "2:8", "3:1"]


def test_without_values_the_texts_stay() -> None:
    """A check alone changes nothing."""
    text = "topic: '{{ pull_request.title }} {# x'\ngoal: g\n"
    assert read_spec(text.encode(), "s.yml").topic == "{{ pull_request.title }} {# x"


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("issue.title", "`issue` has no value here: the event `push` has no issue"),
        ("pull_request.merged_at", "`pull_request.merged_at` has no value here"),
        ("issue.title | upper", "`| default('…')`"),
        ("issue.title ~ 'x'", "`| default('…')`"),
        ("issue.number + 1", "`| default('…')`"),
        ("'a' if issue.title else 'b'", "`| default('…')`"),
        ("pull_request.labels[5]", "this value has no item 5"),
        ("vars.more", "`vars` does not set it"),
    ],
)
def test_an_absent_value_is_an_error_that_says_why(expression: str, why: str) -> None:
    """What this run does not have is never an empty text."""
    assert why in problem(expression)


def test_a_text_that_comes_out_blank_says_what_helps() -> None:
    """A required text may not be blank once it is filled in; an optional one counts as left out."""
    [found] = problems("topic: t\ngoal: '{{ pull_request.body }}'\n")
    assert found == "2:7: `goal` is blank; write a fallback: `| default('…', true)`"
    text = b"topic: t\ngoal: g\ncritical: '{{ pull_request.body }}'\n"
    assert read_spec(text, "s.yml", VALUES).critical is None


@pytest.mark.parametrize(
    "goal",
    ["{{ y }}", "{{ y }} more", '{{ actor | default("x") }}', "{{ 'a' ~ actor }}", "{{ a['b'] }}"],
)
def test_an_unquoted_expression_is_told_to_be_quoted(goal: str) -> None:
    """YAML reads `goal: {{ y }}` as a mapping, and the only problem said is that."""
    expected = "2:7: YAML reads an unquoted `{{` as a mapping; put the whole value in quotes"
    assert problems(f"topic: t\ngoal: {goal}\n") == [expected]


@pytest.mark.parametrize("goal", ["${{ github.x && '!' }}", "${{ vars.team }}", "${{ x"])
def test_the_syntax_of_workflows_gets_a_hint(goal: str) -> None:
    """`${{ … }}` is never evaluated; the problem says what a spec has instead."""
    [found] = problems(f"topic: t\ngoal: a {goal}\n")
    assert found.startswith("2:9: `${{ … }}` is workflow syntax")


@pytest.mark.parametrize("goal", ["{% if actor %}x{% endif %}", "{# x #}"])
def test_statements_and_comments_are_errors(goal: str) -> None:
    """Of Jinja a spec has the expressions alone."""
    found = problems(f"topic: t\ngoal: '{goal}'\n")
    assert all("is not supported; a spec has only expressions" in one for one in found)


@pytest.mark.parametrize(
    "expression",
    [
        "''.__class__.__mro__",
        "actor['__class__']",
        "vars.__init__",
        "vars['__init__'].x",
        "pull_request.facts",
        "inputs.items()",
        "actor.format",
        "'{:1000000000}'.format(1)",
        "'%1000000000d' % 1",
        "'x' * 1000000000",
        "[1] * 1000000000",
        "10 ** 10 ** 10",
        "range(1000000000)",
        "lipsum()",
        "cycler",
        "joiner()",
        "namespace()",
        "dict(a=1)",
        "self",
        "{'a': 1}",
        "actor.ljust(1000000000)",
        "actor.encode()",
        "today.replace(year=1)",
        "today.strftime(actor, *vars.team)",
        "actor | attr('upper')",
        "actor | map('upper')",
        "actor | center(1000000000)",
        "actor | format",
        "actor | written",
        "actor is callable",
        "today.strftime",
        "'\\x00'",
        "'\\ud800'",
        "1 / 0",
        "none",
        "(" * 200 + "1" + ")" * 200,
        "vars.long | replace('x', vars.long)",
        "vars.long | join(vars.long)",
        "vars.long ~ vars.long",
        f"'{'x' * LONGEST_EXPRESSION}'",
    ],
)
def test_an_expression_reaches_no_internals_and_no_great_size(expression: str) -> None:
    """No attribute but our own data, no function, no result that grows: one problem each."""
    assert problem(expression)


def test_texts_and_their_number_are_bounded() -> None:
    """A text has a greatest length once it is filled in, and a spec a greatest number of them."""
    [found] = problems("topic: t\ngoal: '{{ vars.long }}{{ vars.long }}'\n")
    assert f"longer than {LONGEST_TEXT:,} characters" in found
    [found] = problems(f"topic: t\ngoal: '{'{{ actor }}' * (MOST_EXPRESSIONS + 9)}'\n")
    assert f"a spec can contain at most {MOST_EXPRESSIONS} expressions" in found


def test_the_problems_of_a_spec_are_bounded() -> None:
    """A file full of the same slip is told of as far as anybody reads, at once."""
    marks = "{% %}" * (MOST_PROBLEMS + 9)
    found = problems(f"topic: t\ngoal: '{marks}'\ncritical: '{marks}'\n")
    assert len(found) == MOST_PROBLEMS


def test_the_names_that_a_spec_uses_are_told() -> None:
    """Who fills in asks for nothing else."""
    text = """\
topic: "{{ pull_request.title | default(vars.x) }}"
goal: "{{ today }} {{ issue is defined }}"
questions: [{text: Where?, type: Options, options: ["{{ repository.name }}"]}]
"""
    used = {("pull_request", "title"), ("vars", ""), ("today", ""), ("issue", "")}
    assert read_spec(text.encode(), "s.yml").names == used | {("repository", "name")}


@pytest.mark.parametrize(("goal", "is_needed"), [("{ actor }} {% x", False), ("{{ actor }}", True)])
def test_jinja2_is_loaded_only_for_a_spec_that_needs_it(goal: str, *, is_needed: bool) -> None:
    """A spec without `{{` does not pay for it."""
    spec = f"topic: t\ngoal: '{goal}'\napi: {{x: '{{{{'}}\n"
    command = [sys.executable, "-c", READ_AND_TELL, str(ROOT / "src"), spec]
    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)  # noqa: S603 - our own program
    assert told.stdout.strip() == str(is_needed)


def test_the_documents_list_names_filters_and_methods() -> None:
    """What the page says is there is what is there."""
    rows = table(PAGE, "Names")
    assert list(rows) == list(NAMES)
    for name, inside in NAMES.items():
        if inside:
            assert rows[name] == ", ".join(f"`{item}`" for item in inside)
    text = text_of(PAGE)
    for word in (*FILTERS, *TEXT_METHODS, *Spec.model_fields.keys() & {"topic", "prompt"}):
        assert f"`{word}`" in text
    assert DATE_METHODS == ("isoformat", "strftime")
    for number in (LONGEST_EXPRESSION, MOST_EXPRESSIONS, LONGEST_TEXT):
        assert f"{number:,}" in text


PARTS = st.sampled_from(
    [
        "{{",
        "}}",
        "{",
        "}",
        "$",
        "%",
        "#",
        "'",
        '"',
        "\\",
        "|",
        ".",
        "(",
        ")",
        "[",
        "]",
        "*",
        "-",
        "//",
        "~",
        ":",
        ",",
        "=",
        "é",
        "1",
        "0",
        "is",
        "not",
        "if",
        "else",
        "in",
        "actor",
        "vars",
        "today",
        "pull_request",
        "title",
        "labels",
        "default",
        "join",
        "upper",
        "strftime",
    ]
) | st.sampled_from(" \n")


@settings(max_examples=300, deadline=None)
@given(st.lists(PARTS | st.characters(codec="utf-8", exclude_characters="\0"), max_size=30))
def test_no_text_gives_a_traceback(parts: list[str]) -> None:
    """Whatever stands between the braces, it is a text or a problem with its place."""
    goal = "".join(parts)
    content = f"topic: t\ngoal: {_quoted(goal)}\n".encode()
    try:
        read_spec(content, "s.yml", VALUES)
    except SpecError as error:
        unplaced = [problem for problem in error.problems if not problem.line * problem.column]
    else:
        unplaced = []
    assert unplaced == []


def _quoted(text: str) -> str:
    return '"' + "".join(f"\\U{ord(c):08x}" if c not in "{}" else c for c in text) + '"'
