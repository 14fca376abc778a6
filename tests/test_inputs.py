"""What the inputs mean, and what is said about those that mean nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import SecretStr

from harmonica_session.errors import InputError
from harmonica_session.event import Event
from harmonica_session.inputs import (
    DEFAULTS,
    MAX_TIMEOUT,
    Inputs,
    read_inputs,
    reason_to_skip,
    secrets_in,
    variable,
)

_DEFAULT = Inputs(
    command="create",
    api_key=None,
    previous_api_key=None,
    spec=".harmonica/session.yml",
    session_md="SESSION.md",
    variables={},
    ref=None,
    announce="auto",
    pr_number=None,
    once_per="auto",
    on_change="update",
    dry_run=False,
    labels=(),
    assignees=(),
    session="",
    write_session_md="",
    generate_summary="auto",
    close=True,
    actions="list",
    results_file="",
    publish=False,
    is_spec_given=False,
    api_url="https://app.harmonica.chat",
    github_token=None,
    timeout=180.0,
)
# Inputs for which any text will do.
FREE = {"spec", "session-md", "labels", "assignees", "write-session-md", "results-file"}


def _refusal(env: dict[str, str]) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_inputs(env)
    return [str(problem) for problem in caught.value.problems]


def test_no_input_at_all_means_the_defaults() -> None:
    """Each input has a default, the key apart."""
    assert read_inputs({}) == _DEFAULT


@pytest.mark.parametrize("empty", ["", "  ", "\n"])
def test_an_empty_input_means_its_default(empty: str) -> None:
    """An unset `vars.X` does no harm; only an empty `session-md` has a meaning of its own."""
    env = {variable(name): empty for name in [*DEFAULTS, "github-token"]}
    assert read_inputs(env) == replace(_DEFAULT, session_md=None)


def test_every_input_is_read_and_trimmed() -> None:
    """Each value arrives in its place, without the white space that YAML blocks leave."""
    env = {
        "INPUT_COMMAND": " validate ",
        "INPUT_API_KEY": " hm_live_0123\n",
        "INPUT_PREVIOUS_API_KEY": " hm_live_old ",
        "INPUT_SPEC": " a/b.yml ",
        "INPUT_SESSION_MD": " BACKGROUND.md ",
        "INPUT_VARS": " team=search\n",
        "INPUT_REF": " release/v2 ",
        "INPUT_ANNOUNCE": " pull-request ",
        "INPUT_PR_NUMBER": " 7 ",
        "INPUT_ONCE_PER": " topic ",
        "INPUT_ON_CHANGE": " new ",
        "INPUT_DRY_RUN": " True ",
        "INPUT_LABELS": " retro, team: blue\nweekly\n",
        "INPUT_ASSIGNEES": " octo ",
        "INPUT_SESSION": " https://app.harmonica.chat/chat?s=abc ",
        "INPUT_WRITE_SESSION_MD": " SESSION.md ",
        "INPUT_GENERATE_SUMMARY": " never ",
        "INPUT_CLOSE": " false ",
        "INPUT_ACTIONS": " issues ",
        "INPUT_RESULTS_FILE": " out/results.json ",
        "INPUT_PUBLISH": " true ",
        "INPUT_API_URL": " https://harmonica.example.com/api/v1/ ",
        "INPUT_GITHUB_TOKEN": " ghs_0123\n",
        "INPUT_TIMEOUT": " 60 ",
    }
    assert read_inputs(env) == Inputs(
        command="validate",
        api_key=SecretStr("hm_live_0123"),
        previous_api_key=SecretStr("hm_live_old"),
        spec="a/b.yml",
        session_md="BACKGROUND.md",
        variables={"team": "search"},
        ref="release/v2",
        announce="pull-request",
        pr_number=7,
        once_per="topic",
        on_change="new",
        dry_run=True,
        labels=("retro", "team: blue", "weekly"),
        assignees=("octo",),
        session="abc",
        write_session_md="SESSION.md",
        generate_summary="never",
        close=False,
        actions="issues",
        results_file="out/results.json",
        publish=True,
        is_spec_given=True,
        api_url="https://harmonica.example.com",
        github_token=SecretStr("ghs_0123"),
        timeout=60.0,
    )


@pytest.mark.parametrize(
    ("value", "meaning"),
    [
        ("true", True), ("True", True), ("TRUE", True),
        ("false", False), ("False", False), ("FALSE", False),
    ],
)  # fmt: skip
def test_booleans_are_those_of_yaml(value: str, *, meaning: bool) -> None:
    """The six spellings of YAML's core schema count."""
    assert read_inputs({"INPUT_DRY_RUN": value}).dry_run is meaning


@pytest.mark.parametrize("value", ["yes", "no", "1", "0", "on", "tRUE", "true;"])
def test_anything_else_is_no_boolean(value: str) -> None:
    """A dry run that was meant is never taken for none."""
    assert _refusal({"INPUT_DRY_RUN": value}) == [
        f"`dry-run` must be `true` or `false`, but it is `{value}`"
    ]


_CHOICES = {
    "announce": ["auto", "pull-request", "issue", "off"],
    "once-per": ["auto", "pull-request", "run", "topic", "off"],
    "on-change": ["update", "keep", "new"],
}


@pytest.mark.parametrize("name", _CHOICES)
def test_each_choice_is_taken(name: str) -> None:
    """Each documented value of an input with a choice is read."""
    for value in _CHOICES[name]:
        inputs = read_inputs({variable(name): value})
        assert getattr(inputs, name.replace("-", "_")) == value


@pytest.mark.parametrize("name", _CHOICES)
def test_another_value_is_refused_with_the_choices(name: str) -> None:
    """A misspelt value lists what there is."""
    listed = ", ".join(f"`{value}`" for value in _CHOICES[name])
    assert _refusal({variable(name): "never"}) == [
        f"`{name}` must be one of {listed}, but it is `never`"
    ]


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("announce", "Auto", "auto"),
        ("announce", "pull_request", "pull-request"),
        ("once-per", "topics", "topic"),
        ("on-change", "udpate", "update"),
    ],
)
def test_the_nearest_choice_is_suggested(name: str, value: str, meant: str) -> None:
    """A slip away from a value, that one is named."""
    (problem,) = _refusal({variable(name): value})
    assert problem.endswith(f", but it is `{value}`; did you mean `{meant}`?")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            "announce",
            "\u200bauto",
            "U+200B (zero width space), which is invisible, at character 1",
        ),
        ("once-per", "\u201ctopic\u201d", "U+201C "),
        ("on-change", "upd\u0430te", "U+0430 "),
        ("dry-run", "true\u2060", "U+2060 "),
        ("timeout", "\uff1180", "U+FF11 "),
        ("pr-number", "\u0661", "U+0661 "),
        ("vars", "a=\u201cx\u201d\nb\uff1dc", "U+FF1D "),
        ("api-url", "https\uff1a//app.harmonica.chat", "U+FF1A "),
    ],
)
def test_a_lookalike_is_named(name: str, value: str, said: str) -> None:
    """A value that only looks right is refused for the character, and says what to type."""
    (problem,) = _refusal({variable(name): value})
    assert problem.startswith(f"`{name}` contains {said}")
    assert problem.rpartition("; ")[2].startswith(("write `", "type `"))


def test_a_lookalike_has_its_line_where_there_are_several() -> None:
    """In a value of several lines the line is said too; one in prose is not blamed."""
    (problem,) = _refusal({"INPUT_VARS": "a=\u201cx\u201d\nb\uff1dc"})
    assert "at character 2 of line 2; type `=`" in problem


@pytest.mark.parametrize("value", ["0", "-1", "#7", "7.0", "007", "1e3", "9" * 19, "x"])
def test_a_number_that_no_pull_request_has_is_refused(value: str) -> None:
    """Only digits make a number, and never so many that no number is that long."""
    (problem,) = _refusal({"INPUT_PR_NUMBER": value})
    assert problem.startswith(
        "`pr-number` must be the number of a pull request or issue, but it is `"
    )


@pytest.mark.parametrize("value", ["0", "-5", "1.5", "90s", "infinity", "nan", "99999"])
def test_a_timeout_that_is_no_number_of_seconds_is_refused(value: str) -> None:
    """A timeout bounds everything, so it is a sane number."""
    (problem,) = _refusal({"INPUT_TIMEOUT": value})
    assert problem == (
        f"`timeout` must be a whole number of seconds from 1 to {MAX_TIMEOUT}, but it is `{value}`"
    )


@pytest.mark.parametrize("value", ["1", str(MAX_TIMEOUT)])
def test_a_timeout_may_reach_its_limits(value: str) -> None:
    """The limits themselves are allowed."""
    assert read_inputs({"INPUT_TIMEOUT": value}).timeout == float(value)


def test_an_address_is_refused_with_the_reason() -> None:
    """An address that the key may not be sent to is refused before anything is."""
    assert _refusal({"INPUT_API_URL": "http://harmonica.example.com"}) == [
        "`api-url` is not encrypted; use https://"
    ]


@pytest.mark.parametrize("name", ["api-key", "github-token"])
@pytest.mark.parametrize("value", ["two words", "line\nbreak", "\x1b[0m", "a\x00"])
def test_a_key_with_strange_characters_is_refused_unseen(name: str, value: str) -> None:
    """A key that was pasted wrong is an error here, and it is not shown."""
    (problem,) = _refusal({variable(name): value})
    assert problem == (
        f"`{name}` contains a space or another character that cannot be part of a "
        "key; copy it again"
    )


def test_a_key_in_smart_quotes_is_refused_unseen() -> None:
    """The character is no part of the key, so it can be named."""
    (problem,) = _refusal({"INPUT_API_KEY": "\u201chm_live_x\u201d"})
    assert problem.startswith("`api-key` contains U+201C (left double quotation mark), which only ")
    assert problem.endswith(", at character 1; copy it again")
    assert "hm_live" not in problem


def test_all_unusable_inputs_are_named_at_once() -> None:
    """Nobody has to run a workflow once for each mistake."""
    problems = _refusal({variable(name): "a b" for name in [*DEFAULTS, "github-token"]})
    assert {problem.split("`")[1] for problem in problems} == {*DEFAULTS, "github-token"} - FREE


def test_secrets_cannot_be_printed() -> None:
    """Whoever prints the inputs prints no secret."""
    env = {"INPUT_API_KEY": "hm_live_0123", "INPUT_GITHUB_TOKEN": "ghs_0123"}
    shown = f"{read_inputs(env)!r} {read_inputs(env)}"
    assert "hm_live" not in shown
    assert "ghs_" not in shown


def test_secrets_are_known_before_the_inputs_are_checked() -> None:
    """What has to be masked is found although another input is unusable, trimmed as it is used."""
    env = {"INPUT_API_KEY": " two words ", "INPUT_GITHUB_TOKEN": "", "INPUT_TIMEOUT": "x"}
    assert [secret.get_secret_value() for secret in secrets_in(env)] == ["two words"]


def test_the_secrets_are_those_that_can_be_told_from_a_word() -> None:
    """What no text may carry is the key and the token, unless they are too short to be found."""
    assert read_inputs({}).secret_texts == []
    env = {"INPUT_API_KEY": "hm_live_0123", "INPUT_GITHUB_TOKEN": "ghs_0123"}
    assert read_inputs(env).secret_texts == ["hm_live_0123", "ghs_0123"]
    assert read_inputs({"INPUT_API_KEY": "1234567"}).secret_texts == []


def test_an_input_is_mapped_to_its_variable() -> None:
    """A variable's name is the input's, in capitals and without hyphens."""
    assert variable("session-md") == "INPUT_SESSION_MD"


_FORK = Event(
    name="pull_request",
    payload={
        "pull_request": {"number": 7, "head": {"repo": {"id": 5}}, "base": {"repo": {"id": 1}}}
    },
)


@pytest.fixture
def inputs() -> Inputs:
    """Return inputs without a key."""
    return read_inputs({})


def test_a_fork_without_a_key_is_skipped(inputs: Inputs) -> None:
    """A missing key that GitHub withholds is nobody's mistake."""
    assert reason_to_skip(inputs, _FORK) == "a pull request from a fork"


def test_a_fork_with_a_key_is_not_skipped(inputs: Inputs) -> None:
    """Whoever hands the key to forks on purpose gets a session."""
    assert reason_to_skip(replace(inputs, api_key=SecretStr("k")), _FORK) == ""


def test_a_dry_run_is_not_skipped(inputs: Inputs) -> None:
    """A dry run needs no key."""
    assert reason_to_skip(replace(inputs, dry_run=True), _FORK) == ""


def test_another_run_without_a_key_is_not_skipped(inputs: Inputs) -> None:
    """Where GitHub withholds nothing, a missing key is an error."""
    assert reason_to_skip(inputs, Event(name="push")) == ""


@pytest.mark.parametrize(
    ("token", "expected"), [("ghs_0123", True), ("ghp_0123", False), ("0123", False), ("", False)]
)
def test_a_workflows_token_is_told_by_its_beginning(token: str, expected: bool) -> None:  # noqa: FBT001 - parametrised
    """Nobody is asked whether it speaks for a bot or for a person."""
    assert read_inputs({"INPUT_GITHUB_TOKEN": token}).speaks_for_app is expected
