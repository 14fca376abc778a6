"""What the runner makes of what the action says and writes: commands, outputs, summary, secrets."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from harmonica_session.edges.runner.runner import Runner, Terminal
from harmonica_session.errors import Problem
from harness.process import run_python

if TYPE_CHECKING:
    from collections.abc import Callable

    from edges.conftest import Step

KEY = "hm_live_0123456789abcdef0123456789abcdef"
TOKEN = "ghs_" + "0aZ" * 12
SUMMARY_LIMIT = 1_048_576  # one MiB for each step, says "Workflow commands for GitHub Actions"

LINE_BREAKS = ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]
LEADS = ["", " ", "\t", "\xa0", "\u2003", "\u3000", "\u200b", "\u200e", "\ufeff", "\0", "\x1b[0m"]
COMMANDS = [
    "::set-output name=join_url::https://elsewhere.example",
    "::SET-ENV name=PATH::x",
    "::error file=a,line=1::x",
    "::add-mask::x",
    "::stop-commands::x",
    "::endgroup::",
    "##[error]x",
    "##[set-output name=join_url;]x",
    "###[group]x",
]


def _shown(text: str) -> str:
    return text.replace("\u200b", "")


# What is said


def test_text_is_shown_as_it_is(step: Step) -> None:
    """Plain lines go to the log unchanged."""
    step.runner(Runner).say("Spec: a.yml\n  two: colons:: inside, 50 % of it")
    assert step.lines == ["Spec: a.yml", "  two: colons:: inside, 50 % of it"]


def test_nothing_is_an_empty_line(step: Step) -> None:
    """Nothing to say makes an empty line."""
    step.runner(Runner).say()
    assert step.text == "\n"


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("lead", LEADS)
def test_text_is_no_command(step: Step, lead: str, command: str) -> None:
    """A line that looks like a workflow command is shown, and not carried out."""
    runner = step.runner(Runner)
    runner.say("Title:")
    runner.say(lead + command)
    assert step.commands == []
    assert _shown(step.lines[1]) == _shown(lead + command)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("line_break", LINE_BREAKS)
def test_no_line_break_starts_a_command(step: Step, line_break: str, command: str) -> None:
    """Whatever ends a line, the next one is no command either."""
    step.runner(Runner).say(f"Title: x{line_break}{command}")
    assert step.commands == []


@pytest.mark.parametrize("line_break", LINE_BREAKS)
def test_a_group_stays_closed_in_itself(step: Step, line_break: str) -> None:
    """Neither title nor text of a group can end it, or say anything else to the runner."""
    hostile = f"x{line_break}::endgroup::{line_break}::error::x"
    step.runner(Runner).group(hostile, hostile)
    assert [command.name for command in step.commands] == ["group", "endgroup"]
    assert step.commands[0].message == hostile


@pytest.mark.parametrize("line_break", LINE_BREAKS)
def test_an_annotation_stays_one(step: Step, line_break: str) -> None:
    """Neither file, title nor message of an annotation can start another command."""
    hostile = f"x::{line_break}::error::,line=7%0A::error::x"
    step.runner(Runner).annotate("notice", hostile, [Problem(hostile, 1, 0, hostile)])
    (command,) = step.commands
    assert command.name == "notice"
    assert command.properties == {"file": hostile, "line": "1", "title": hostile}
    assert command.message == hostile


@pytest.mark.parametrize("line_break", LINE_BREAKS)
def test_a_warning_stays_one(step: Step, line_break: str) -> None:
    """A warning of several lines is one annotation."""
    step.runner(Runner).warn(f"x{line_break}::error::x")
    assert [command.name for command in step.commands] == ["warning"]


@pytest.mark.parametrize("line_break", LINE_BREAKS)
def test_a_debug_line_stays_one(step: Step, line_break: str) -> None:
    """A debug message cannot start another command."""
    step.runner(Runner, RUNNER_DEBUG="1").debug(f"x{line_break}::error::x")
    assert [command.name for command in step.commands] == ["debug"]


@pytest.mark.parametrize("line_break", LINE_BREAKS)
def test_a_mask_stays_one(step: Step, line_break: str) -> None:
    """A secret of several lines is masked as a whole, and starts nothing."""
    secret = f"first-half%{line_break}::error::x"
    step.runner(Runner).mask(SecretStr(secret))
    (command,) = step.commands
    assert (command.name, command.message) == ("add-mask", secret)


def test_a_byte_order_mark_hides_no_command(step: Step) -> None:
    """A mark at the very start of the log is dropped by the runner, so what follows is harmless."""
    step.runner(Runner).say("\ufeff::set-output name=join_url::x")
    assert step.commands == []


def test_half_a_surrogate_pair_is_shown_as_a_question_mark(step: Step) -> None:
    """JSON can hold what no encoding can; the log shows it somehow."""
    step.runner(Runner).annotate("error", "Title", ["x\ud800y"])
    assert step.text == "::error title=Title::x?y\n"


# Annotations


def test_annotation_has_its_place(step: Step) -> None:
    """File, line, column and title are the runner's own properties."""
    problem = Problem("a,b:c%2C/session.yml", 3, 14, "must be a text: 50 %\nquote it")
    step.runner(Runner).annotate("error", "Spec: two, three", [problem])
    (command,) = step.commands
    assert command.name == "error"
    assert command.properties == {
        "file": "a,b:c%2C/session.yml",
        "line": "3",
        "col": "14",
        "title": "Spec: two, three",
    }
    assert command.message == "must be a text: 50 %\nquote it"


def test_annotation_names_nothing_unknown(step: Step) -> None:
    """A property that is not known is left out: an empty one would point to line 0."""
    step.runner(Runner).annotate("warning", "Title", ["message"])
    assert step.text == "::warning title=Title::message\n"


def test_annotation_of_a_whole_file_has_no_line(step: Step) -> None:
    """A problem with a file as a whole names the file alone."""
    step.runner(Runner).annotate("error", "Title", [Problem("a.yml", 0, 0, "message")])
    assert step.text == "::error file=a.yml,title=Title::message\n"


def test_ten_annotations_are_shown(step: Step) -> None:
    """Ten problems are ten annotations, and nothing is listed twice."""
    step.runner(Runner).annotate("error", "Title", [f"problem {n}" for n in range(10)])
    assert [command.message for command in step.commands] == [f"problem {n}" for n in range(10)]
    assert len(step.lines) == 10


def test_the_eleventh_problem_stands_in_the_log(step: Step) -> None:
    """GitHub shows ten of a kind, so the log lists the rest, each with its place, and once."""
    problems = [Problem("a.yml", n, 2, f"problem {n}") for n in range(1, 12)]
    step.runner(Runner).annotate("error", "Title", problems)
    assert len(step.commands) == 10
    assert step.lines[10:] == ["And 1 more:", "a.yml:11:2: problem 11"]


def test_at_a_terminal_every_problem_is_said_once(step: Step) -> None:
    """Nothing is cut there, so nothing is listed apart."""
    problems = [Problem("a.yml", n, 2, f"problem {n}") for n in range(1, 12)]
    step.runner(Terminal).annotate("error", "Title", problems)
    assert step.lines == [f"error: a.yml:{n}:2: problem {n}" for n in range(1, 12)]


def test_listed_problems_are_no_commands(step: Step) -> None:
    """The list in the log is as harmless as the annotations."""
    step.runner(Runner).annotate("error", "Title", ["x\n::set-output name=a::b"] * 11)
    assert {command.name for command in step.commands} == {"error"}


def test_warnings_are_kept_for_the_summary(step: Step) -> None:
    """What was warned of can be asked for, in order."""
    runner = step.runner(Runner)
    runner.warn("one")
    runner.warn("two", about="announcement")
    assert runner.warnings == ["one", "two"]


def test_debug_shows_with_the_debug_flag(step: Step) -> None:
    """`RUNNER_DEBUG` of 1 shows debug lines."""
    step.runner(Runner, RUNNER_DEBUG="1").debug("detail")
    assert step.text == "::debug::detail\n"


@pytest.mark.parametrize("flag", ["", "0", "true"])
def test_debug_is_silent_without_the_flag(step: Step, flag: str) -> None:
    """Nothing else shows them."""
    step.runner(Runner, RUNNER_DEBUG=flag).debug("detail")
    assert step.text == ""


# Outputs


@pytest.mark.parametrize(
    "value",
    [
        "",
        "plain",
        "two\nlines",
        "\nbegins and ends with a break\n",
        "\n\n",
        "windows\r\nlines\r",
        "x\u2028y\x85z",
        "a=b",
        "a<<b",
        "<<",
        "status=hacked",
        "x\nghadelimiter_00000000-0000-0000-0000-000000000000\nstatus<<EOF\nhacked\nEOF",
        "::set-output name=status::hacked",
        "🌱 ü",
        "50%0A",
    ],
)
def test_output_comes_back_as_it_was(step: Step, value: str) -> None:
    """Whatever stands in a value, the runner reads that value under that name, and no other."""
    step.runner(Runner).output({"topic": value, "status": "created"})
    assert step.outputs == {"topic": value, "status": "created"}


def test_delimiter_cannot_be_known(step: Step) -> None:
    """A value that repeats every line of the file so far, delimiters included, ends nothing."""
    runner = step.runner(Runner)
    runner.output({"topic": "first"})
    hostile = step.output_file.read_text() + "status=hacked\n"
    runner.output({"topic": hostile})
    assert step.outputs == {"topic": hostile}


def test_later_output_counts(step: Step) -> None:
    """Of two values for one name the later one counts, the others stay."""
    runner = step.runner(Runner)
    runner.output({"status": "created", "comment_url": ""})
    runner.output({"status": "reused"})
    assert step.outputs == {"status": "reused", "comment_url": ""}


def test_outputs_of_before_stay(step: Step) -> None:
    """What stands in the file already is kept."""
    step.output_file.write_text("python=3.13\n")
    step.runner(Runner).output({"status": "created"})
    assert step.outputs == {"python": "3.13", "status": "created"}


def test_output_holds_no_half_surrogate_pair(step: Step) -> None:
    """What UTF-8 cannot hold becomes a question mark."""
    step.runner(Runner).output({"topic": "x\ud800y"})
    assert step.outputs == {"topic": "x?y"}


def test_no_files_no_outputs(step: Step) -> None:
    """Outside of a step there is nowhere to write to, and nothing fails."""
    runner = Runner({}, step.log)
    runner.output({"status": "created"})
    runner.summary("text")
    assert step.text == ""


# Summary


def test_summary_is_written(step: Step) -> None:
    """The summary is Markdown as it was given, its line breaks untouched."""
    step.runner(Runner).summary("## Topic\r\n\ntext 🌱\n")
    assert step.summary == "## Topic\r\n\ntext 🌱\n"


def test_later_summary_replaces_the_earlier(step: Step) -> None:
    """A run that learns more says all of it again, and the reader sees it once."""
    runner = step.runner(Runner)
    runner.summary("a first and longer text\n")
    runner.summary("second\n")
    assert step.summary == "second\n"


def test_summary_of_before_stays(step: Step) -> None:
    """What others wrote into the file before is never touched."""
    step.summary_file.write_text("theirs\n")
    runner = step.runner(Runner)
    runner.summary("first\n")
    runner.summary("second\n")
    assert step.summary == "theirs\nsecond\n"


def test_summary_is_bounded(step: Step) -> None:
    """GitHub refuses a summary of more than a MiB as a whole, so it is cut."""
    step.runner(Runner).summary("x" * 2_000_000)
    assert 900_000 < len(step.summary_file.read_bytes()) <= SUMMARY_LIMIT


def test_summary_is_cut_between_characters(step: Step) -> None:
    """The cut leaves no half of a character."""
    step.runner(Runner).summary("x" + "ü" * 1_000_000)
    assert set(step.summary) == {"x", "ü"}


def test_summary_is_bounded_with_what_stood_there(step: Step) -> None:
    """The limit holds for the file, so what stands there before counts."""
    step.summary_file.write_bytes(b"t" * 500_000)
    step.runner(Runner).summary("x" * 900_000)
    assert len(step.summary_file.read_bytes()) <= SUMMARY_LIMIT


def test_files_that_cannot_be_written_are_no_error(step: Step) -> None:
    """A step's file that is out of order is said in the log, and the run goes on."""
    step.output_file.unlink()
    step.output_file.mkdir()
    runner = step.runner(Runner, GITHUB_STEP_SUMMARY=str(step.summary_file / "nowhere"))
    runner.output({"status": "created"})
    runner.summary("text")
    assert [line.partition(" could")[0] for line in step.lines] == [
        "the outputs of this step",
        "the summary of this step",
    ]


FULL = """
import resource, sys
from harmonica_session.edges.runner.step_files import StepFiles
output, summary, room = sys.argv[1:]
files = StepFiles({"GITHUB_OUTPUT": output, "GITHUB_STEP_SUMMARY": summary})
assert files.output({"status": "created"}) == ""
assert files.summary("first, and longer than the second\\n", "") == ""
resource.setrlimit(resource.RLIMIT_FSIZE, (int(room), int(room)))
print(files.output({"topic": "x" * 10_000, "status": "reused"}))
print(files.summary("y" * 10_000, ""))
print(files.summary("second\\n", "") == "")
"""


@pytest.mark.skipif(os.sep == "\\", reason="Windows has no limit for the size of a file")
@pytest.mark.parametrize("room", [4_096, 9_999, 200, 0])
def test_full_disk_leaves_what_was_whole(step: Step, room: int) -> None:
    """What there is no room for is not begun, and what stood there before is still there."""
    step.output_file.write_text("python=3.13\n")
    step.summary_file.write_text("theirs\n")
    told = run_python("-c", FULL, str(step.output_file), str(step.summary_file), str(room))
    assert told.stderr == ""
    outputs, summary, shorter = told.stdout.splitlines()
    assert outputs == "the outputs of this step could not be written: File too large"
    assert summary == "the summary of this step could not be written: File too large"
    assert step.outputs == {"python": "3.13", "status": "created"}
    first = "first, and longer than the second\n"
    assert step.summary == f"theirs\n{'second' + chr(10) if shorter == 'True' else first}"
    assert (shorter == "True") is (room > 0)


def test_summary_that_failed_once_touches_nothing(step: Step) -> None:
    """What stands in the file is kept, also where an earlier attempt could not open it."""
    runner = step.runner(Runner)
    step.summary_file.unlink()
    step.summary_file.mkdir()
    runner.summary("first\n")
    step.summary_file.rmdir()
    step.summary_file.write_text("theirs\n")
    runner.summary("second\n")
    assert step.summary == "theirs\nsecond\n"


# Secrets

WAYS: dict[str, Callable[[Runner, str], None]] = {
    "say": lambda runner, text: runner.say(text),
    "group title": lambda runner, text: runner.group(text, ""),
    "group text": lambda runner, text: runner.group("", text),
    "debug": lambda runner, text: runner.debug(text),
    "file": lambda runner, text: runner.annotate("error", "", [Problem(text, 1, 1, "")]),
    "title": lambda runner, text: runner.annotate("notice", text, ["x"]),
    "message": lambda runner, text: runner.annotate("error", "", [text]),
    "list": lambda runner, text: runner.annotate("error", "", [text] * 11),
    "warning": lambda runner, text: runner.warn(text, about=text),
    "output": lambda runner, text: runner.output({"topic": text}),
    "summary": lambda runner, text: runner.summary(text),
}


def _written(step: Step) -> str:
    said = [line for line in step.lines if not line.startswith("::add-mask::")]
    return "\n".join([*said, step.output_file.read_text(), step.summary])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("form", [Runner, Terminal])
def test_secret_is_hidden(step: Step, form: type[Runner], way: str) -> None:
    """A masked secret is replaced wherever something is said or written."""
    runner = step.runner(form, RUNNER_DEBUG="1")
    runner.mask(SecretStr(TOKEN))
    WAYS[way](runner, f"before {TOKEN} after")
    assert TOKEN not in _written(step)


@pytest.mark.parametrize("way", WAYS)
def test_any_harmonica_key_is_hidden(step: Step, way: str) -> None:
    """A key that is not this run's, from a spec for example, is hidden as well."""
    WAYS[way](step.runner(Runner, RUNNER_DEBUG="1"), f"before {KEY} after")
    assert KEY not in _written(step)
    assert "before *** after" in _written(step)


def test_key_in_two_places_is_hidden_in_both(step: Step) -> None:
    """A key split over title and message cannot be put together again."""
    step.runner(Runner).annotate("error", KEY[:24], [KEY[24:]])
    (command,) = step.commands
    assert KEY not in command.properties["title"] + command.message


def test_mask_comes_before_anything_is_said(step: Step) -> None:
    """The runner is told the secret itself, so that it hides it everywhere else too."""
    step.runner(Runner).mask(SecretStr(KEY))
    assert [(command.name, command.message) for command in step.commands] == [("add-mask", KEY)]


def test_short_secret_tears_no_holes(step: Step) -> None:
    """A secret of a few letters is left alone: hiding it would spoil links and words."""
    runner = step.runner(Runner)
    runner.mask(SecretStr("abc"))
    runner.say("https://app.harmonica.chat/chat?s=abc")
    assert step.lines == ["https://app.harmonica.chat/chat?s=abc"]


def test_secret_within_a_secret_leaves_no_rest(step: Step) -> None:
    """Of two secrets, one of them the beginning of the other, the longer one is hidden whole."""
    runner = step.runner(Runner)
    runner.mask(SecretStr(TOKEN[:20]))
    runner.mask(SecretStr(TOKEN))
    runner.say(TOKEN)
    assert TOKEN[20:] not in step.lines[-1]


@pytest.mark.parametrize("secret", [KEY, TOKEN])
def test_secret_is_hidden_in_markdown(step: Step, secret: str) -> None:
    """In Markdown an underscore has a back-slash before it, and renders as the secret all the same.

    An error that quotes what the service said is one way for it to get there.
    """
    runner = step.runner(Runner)
    runner.mask(SecretStr(secret))
    runner.summary(f"- bad key {secret}".replace("_", r"\_"))
    assert secret not in step.summary.replace("\\", "")


# Terminal


def test_terminal_says_it_in_words(step: Step) -> None:
    """At a terminal an annotation reads as editors and compilers write it."""
    terminal = step.runner(Terminal)
    terminal.annotate("error", "Spec", [Problem("a.yml", 3, 14, "must be a text"), "and more"])
    terminal.warn("careful")
    assert step.lines == [
        "error: a.yml:3:14: must be a text",
        "error: and more",
        "warning: careful",
    ]


def test_terminal_shows_a_group_unfolded(step: Step) -> None:
    """A group is its title and its lines."""
    step.runner(Terminal).group("The request", "{\n}")
    assert step.lines == ["The request", "{", "}"]


def test_terminal_never_shows_a_mask(step: Step) -> None:
    """At a terminal the secret itself would be seen, so nothing is said of it."""
    step.runner(Terminal).mask(SecretStr(KEY))
    assert step.text == ""


def test_terminal_keeps_outputs(step: Step) -> None:
    """Outputs are handed to whoever started the command, and no file is written."""
    terminal = step.runner(Terminal)
    terminal.output({"status": "created", "join_url": ""})
    terminal.output({"join_url": "https://app.harmonica.chat/chat?s=1"})
    assert terminal.outputs == {
        "status": "created",
        "join_url": "https://app.harmonica.chat/chat?s=1",
    }
    assert step.output_file.read_bytes() == b""
