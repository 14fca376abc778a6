"""How values are handed over by name, and what no value can do."""

from __future__ import annotations

import json
import re

import pytest

from harmonica_session.text.variables import variables_in

# What `str.splitlines` takes for the end of a line, but for LF and CRLF.
OTHER_ENDS = "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"


def test_each_line_sets_a_value() -> None:
    """Names and values are trimmed, empty lines mean nothing, a value may hold an equals sign."""
    assert variables_in(" a = 1 \r\n\n_b2=x=y\nempty=") == {"a": "1", "_b2": "x=y", "empty": ""}


@pytest.mark.parametrize("end", OTHER_ENDS)
def test_a_value_cannot_set_another_variable(end: str) -> None:
    """Only LF and CRLF end a line; a title with any other line end stays one value."""
    title = f"Fix{end}team=mine"
    assert variables_in(f"title={title}\nteam=ours") == {"title": title, "team": "ours"}


@pytest.mark.parametrize("text", ["a\nteam=mine", 'x", "team": "mine', *OTHER_ENDS, "{{ x }}", ""])
def test_an_object_hands_over_any_text_as_it_is(text: str) -> None:
    """What a workflow writes with `toJSON` cannot be left, whatever a stranger has written."""
    written = f'{{"title": {json.dumps(text)}, "team": "ours"}}'
    assert variables_in(written) == {"title": text, "team": "ours"}


def test_an_object_may_span_lines_and_lack_a_value() -> None:
    """What an event does not have is null to a workflow, and sets nothing."""
    assert variables_in('{\n  "a": "1",\n  "b": null\n}') == {"a": "1"}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ('{"a": "1", "a": "2"}', "sets `a` twice"),
        ('{"a": 1}', "sets `a` to a number; it must be a text in quotes"),
        (f'{{"a": {"9" * 5_000}}}', "sets `a` to a number"),
        ('{"a": NaN}', "sets `a` to a number"),
        ('{"a": -Infinity}', "sets `a` to a number"),
        ('{"a": true}', "sets `a` to true or false"),
        ('{"a": ["x"]}', "sets `a` to a list"),
        ('{"a": {"b": "x"}}', "sets `a` to an object"),
        ('{"a b": "x"}', "contains the name `a b`; a name consists of letters"),
        ('{"": "x"}', "contains the name ``"),
        ('{"\u00e9": "x"}', "contains the name `é`"),
        ('{"title": ""quoted" title"}', "begins with `{`.* line 1, column 13: .*toJSON"),
        ("{team=blue", "begins with `{`, so it must be one JSON object of texts"),
        ('{"a": "x"} b=c', "begins with `{`.*Extra data"),
        ('{"a":' * 100_000, "is nested too deeply"),
        ("a=1\na=2", "sets `a` twice"),
        ("team", "must contain lines of `name=value`.*one line is `team`"),
        ("2nd=x", "must contain lines of `name=value`"),
        ("é=x", "must contain lines of `name=value`"),
        ('a=1\n{"b": "x"}', "must contain lines of `name=value`"),
        ("[]", "must contain lines of `name=value`.*or one JSON object of texts"),
    ],
)
def test_what_sets_no_value_is_one_line(value: str, message: str) -> None:
    """It says what is wrong, and how a text is handed over."""
    with pytest.raises(ValueError, match=f"(?s)^{message}") as caught:
        variables_in(value)
    assert not re.search("[\r\n]", str(caught.value))
