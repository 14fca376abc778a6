"""Untrusted text in Markdown: it shows as just that text, and does nothing else.

Rendered by GitHub's own implementation of its Markdown, and by another one of CommonMark with
GitHub's tables, strikethrough and autolinks.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import TYPE_CHECKING

import pytest
import regex
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from harmonica_session.text.markdown import (
    DEFAULT_IGNORABLE,
    as_text,
    code,
    code_block,
    in_title,
    inline,
    plain,
    plain_lines,
    runs_from_right,
    sentence,
    shorten,
    visible,
)
from harness.rendered import references_in, rendered

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.token import Token

# Where the report puts a text.
_FRAMES = [
    "{}",
    "## {}",
    "**Goal:** {}",
    "1. {}\n2. next",
    "- Background for the facilitator: {}.",
    "> [!IMPORTANT]\n> {}",
    "| | |\n|---|---|\n| Spec | {} |\n| next | row |",
    "<sub>Announced by {} in this repository.</sub>",
]
_NASTY = [
    "[x](javascript:alert(1))", "![x](https://h.example/x.png)", "[x]: https://h.example", "[^1]",
    "<b>", "</sub>", "<!--", "-->", "<script>", "<https://h.example>", "&lt;", "&#64;", "&amp;",
    "@org/team", "@octocat", "**b**", "__b__", "_i_", "~~s~~", "`code`", "```", "~~~", "$x$",
    "# h", "## h ##", "- i", "+ i", "* i", "1. i", "1) i", "> q", "---", "***", "===", "| a |",
    "|---|", "\\", "\\\\", "\\@x", "    indented", "\ttab", "\r\n", "\n\n", "\u2028", "\u202e",
    "\u200b", "\u0000", "\x1b[31m", "::set-output name=x::y", "https://h.example/a", "a@b.example",
    "www.h.example", "[!NOTE]", "\u0661. i", "\U0001f469\u200d\U0001f52c", "\ufe0f",
    "\u3164", "\U000e0100", "\u200c", "\u0645",
]  # fmt: skip
# What Markdown is made of, whole addresses, and what stands beside them.
_PIECES = [
    *"*_~`\\[]()<>!#-+=|:.@/&;'\"^$%?{},01aé \n\u200b\u2003\u2014\u00ab\uff0a\u3002",
    "**", "__", "~~", "](", "![", "&lt;", "&#35;", "&copy", ":+1:", "```", "---", "===", ":-:",
    "1. ", "- ", "[ ] ", "<!--", "<b>", "[^1]:", "[x]: ", "www.", "a@b.example", "mailto:", "xmpp:",
    "ftp://", "http://", "https://", "HTTPS://h.e/_a_", "https://h.e/_a_", "https://h/*a*",
    "http://a_b.c/", "https://a.b/(c)", "https://h.e/?a=_b_&c=~d~", "https://h.e/&amp",
    "https://h.e:80/__a__", "https://h-/~~a~~",
]  # fmt: skip
_CRAFTED = st.lists(st.sampled_from(_PIECES), max_size=14).map("".join)
_EVERYTHING = "".join(map(chr, range(0x110000)))
_TEXTS = st.lists(st.sampled_from(_NASTY) | st.text(max_size=8), max_size=8).map("".join)


def _structure(tokens: list[Token]) -> list[tuple[str, str]]:
    """Return what there is besides text."""
    return [(it.type, it.tag) for it in tokens if it.type not in ("text", "text_special")]


def _read(text: str) -> str:
    """Return what a reader sees of a text; what is there for GitHub has no width."""
    return text.replace("\u200b", "").replace("\u2060", "")


def _by_github(markdown: str) -> tuple[list[str], str, list[tuple[str, str]]]:
    """Return the elements but links, the text, and the links with their words, as GitHub does."""
    page = rendered(markdown)
    links = re.findall('<a href="(.*?)">(.*?)</a>', page)
    elements = [tag for tag in re.findall("<.*?>", page) if not re.match("</?a[ >]", tag)]
    return elements, _read(html.unescape(re.sub("<.*?>", "", page))), links


@pytest.mark.parametrize("frame", _FRAMES)
@pytest.mark.parametrize("text", _NASTY)
def test_a_nasty_text_shows_as_itself(
    tokens_of: Callable[[str], list[Token]], text_of: Callable[[str], str], frame: str, text: str
) -> None:
    """Each trick alone shows its own characters, wherever it stands."""
    shown = f"{visible(text)}."
    markdown = frame.format(plain(f"{text}.", 1_000))
    assert _structure(tokens_of(markdown)) == _structure(tokens_of(frame.format("word")))
    assert _read(text_of(markdown)) == text_of(frame.format("word")).replace("word", shown)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(frame=st.sampled_from(_FRAMES), text=_TEXTS)
@example(frame="## {}", text="x #")
@example(frame="{}", text="\\")
@example(frame="| | |\n|---|---|\n| Spec | {} |\n| next | row |", text="\\|")
def test_any_text_shows_as_itself(
    tokens_of: Callable[[str], list[Token]], text_of: Callable[[str], str], frame: str, text: str
) -> None:
    """No text adds an element, ends one, or hides a part of itself."""
    assume(visible(text))
    markdown = frame.format(plain(text, 1_000))
    assert _structure(tokens_of(markdown)) == _structure(tokens_of(frame.format("word")))
    expected = text_of(frame.format("word")).replace("word", visible(text))
    assert _read(text_of(markdown)) == expected


@settings(derandomize=True, deadline=None, max_examples=1_000)
@given(frame=st.sampled_from(_FRAMES), text=_CRAFTED)
@example(frame="{}", text="'https://h.e/_a_'")
@example(frame="- {}, and {}.", text="%https://h/_a_")
@example(frame="{}", text="https://1.2/_a_\u00e9")
@example(frame="{}", text="mailto:_a_@b.example")
@example(frame="> [!IMPORTANT]\n> {}", text=":-:")
def test_github_shows_any_text_as_itself(frame: str, text: str) -> None:
    """Nothing is added, and no part of it is a link."""
    assume(visible(text))
    elements, shown, links = _by_github(frame.replace("{}", plain(text, 1_000)))
    expected, word, _ = _by_github(frame.replace("{}", "word"))
    assert (elements, shown) == (expected, word.replace("word", visible(text)))
    assert links == []


# What GitHub looks for in a text that is rendered already.
_REFERENCES = [
    "@octocat", "@octo-org/team", "a@b.example", "#1", "octo/garden#12", "octocat#3", "GH-1",
    "gh-99", "GHSA-mrrh-fwg8-r2c3", "CVE-2021-44228", "0123abc", "89abcdef01", "1234567", "defaced",
    "DEADBEEF", f"{0x0123456789abcdef << 96:040x}", f"octo/garden@{'0123456789' * 4}",
    "1ad58c2a-68d7", "a-1ad58c2a-68d7-5536-8832-9c90a66ef388",
    "octocat@89abcdef01", "0123abc...89abcde", "www.h.example", "https://__x__", "ftp://h.example",
    ":tada:", ":+1:", ":100:", "&#35;1", "\\#1", "<b>#</b>1", "G&#72;-1", "#\u200b1",
    "[!NOTE]", "[!warning] x", "[\u200b!TIP]", "!1", "[[Join|https://h.example]]", "[[[x]]]",
]  # fmt: skip


@pytest.mark.parametrize("text", _REFERENCES)
@pytest.mark.parametrize(
    "around", ["{}", "see {}.", "({})", "{}:", "x {}, {} and _{}_", "\u00e9{}\u00e9"]
)
def test_a_reference_refers_to_nothing(around: str, text: str) -> None:
    """Nobody is told, nothing is linked, and a reader sees the text as it was written."""
    text = around.replace("{}", text)
    _, shown, links = _by_github(plain(text, 1_000))
    assert (shown.strip(), links) == (visible(text), [])
    assert references_in(as_github_looks_at(plain(text, 1_000))) == []


def as_github_looks_at(markdown: str) -> str:
    """Return the text of rendered Markdown, with the characters that have no width."""
    return html.unescape(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown))


@settings(derandomize=True, deadline=None, max_examples=500)
@given(st.lists(st.sampled_from([*_REFERENCES, *"@#:-_/. 0af"]) | _TEXTS, max_size=6).map("".join))
def test_no_text_refers_to_anything(text: str) -> None:
    """GitHub finds mentions, issues, commits and emoji in rendered text, where there are none."""
    assert references_in(as_github_looks_at(plain(text, 1_000))) == []


@pytest.mark.parametrize(
    "text",
    [
        "C# and F#",
        "#ff0",
        "a decade",
        "face",
        "10:30:45",
        "v1.2.3",
        "a-1",
        "x/y",
        "10,000,000",
        "session 1ad58c2a-68d7-5536-8832-9c90a66ef388.",
    ],
)
def test_what_is_no_reference_is_left_as_it_is(text: str) -> None:
    """It can be copied with no character more."""
    assert "\u200b" not in plain(text, 100)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(_TEXTS)
def test_visible_text_is_one_line_of_what_can_be_seen(text: str) -> None:
    """Neither line ends nor control characters nor those that turn the text round are left."""
    line = visible(text)
    assert len(line.splitlines()) <= 1
    assert line == " ".join(line.split())
    hidden = {c for c in line if unicodedata.category(c) in ("Cc", "Cf", "Cs")}
    assert hidden <= {"\u200c", "\u200d"}
    assert visible(line) == line


def test_every_character_that_unicode_lets_go_undrawn_is_known() -> None:
    """Unicode's own property says which they are; new ones in a later version would be told."""
    theirs = regex.findall(r"\p{Default_Ignorable_Code_Point}", _EVERYTHING)
    assert re.findall(f"[{DEFAULT_IGNORABLE}]", _EVERYTHING) == theirs


def test_a_character_that_is_not_drawn_is_left_out() -> None:
    """A text says nothing that nobody sees, and nothing is left of one that says nothing else."""
    undrawn = "".join(regex.findall(r"\p{Default_Ignorable_Code_Point}", _EVERYTHING))
    assert visible(f"a{undrawn}b {undrawn} \u0645{undrawn} {undrawn}\u0645") == "ab \u0645 \u0645"
    assert visible(undrawn) == ""


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", id="Persian"),
        pytest.param("\u0915\u094d\u200d\u0937", id="Devanagari"),
        pytest.param("\u0dc1\u0dca\u200d\u0dbb\u0dd3", id="Sinhala"),
        pytest.param("\U0001f469\U0001f3fd\u200d\U0001f52c", id="a scientist"),
        pytest.param("\U0001f642\u200d\u2194", id="a head that shakes"),
    ],
)
def test_a_joiner_stays_where_it_joins(text: str) -> None:
    """Several scripts, and many emoji, are written with joiners, and would say something else."""
    assert visible(f"x {text} y") == f"x {text} y"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\u200d", ""),
        ("\u200c \u200d\u200b", ""),
        ("a\u200db\u200c1", "ab1"),
        ("a\u200d \u200d \u200db", "a b"),
        ("\u200d\u0645 \u0645\u200c", "\u0645 \u0645"),
        ("\u0645\u200c.", "\u0645."),
        ("\u0645\u200c\u200d\u200c\u0645", "\u0645\u200c\u0645"),
        ("\U0001f469\ufe0f\u200d\u2060\U0001f52c", "\U0001f469\u200d\U0001f52c"),
    ],
)
def test_a_joiner_stays_nowhere_else(text: str, line: str) -> None:
    """Beside what does not join it shows nothing; a second one shows no more than the first."""
    assert visible(text) == line


def test_all_white_space_becomes_a_space() -> None:
    """Words stay parted where a line end stood."""
    assert visible(" a\r\nb\u2028c\u00a0\td\x1ce ") == "a b c d e"


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        *(("abc", 3, "abc"), ("abcd", 3, "ab…"), ("a  bc", 4, "a…"), ("", 3, "")),
        *(
            ("one two three four", 17, "one two three…"),
            ("one two three four", 14, "one two three…"),
        ),
        *(("one two\nthree", 10, "one two…"), ("a " + "b" * 20, 10, "a bbbbbbb…")),
        ("\u6211\u4eec" * 5, 7, "\u6211\u4eec" * 3 + "…"),
    ],
)
def test_a_long_text_ends_with_an_ellipsis(text: str, limit: int, short: str) -> None:
    """The mark counts, and stands right after a word, a whole one where that keeps most of it."""
    assert shorten(text, limit) == short


def test_the_limit_counts_what_is_seen() -> None:
    """Escaping does not use up the room of the text."""
    assert plain("&" * 11, 10) == "&amp;" * 9 + "…"


@pytest.mark.parametrize("text", ["a", "```", "````\nx\n```", "~~~", "<!--", "    x", "\\`", "@x"])
def test_nothing_closes_a_code_block(tokens_of: Callable[[str], list[Token]], text: str) -> None:
    """A fence is longer than any in the text."""
    (token,) = tokens_of(code_block(text, "yaml"))
    assert (token.type, token.info, token.content) == ("fence", "yaml", f"{text}\n")


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.lists(st.sampled_from(["`", "~", "\n", " ", "x", "```\n"]), max_size=30).map("".join))
def test_no_text_closes_a_code_block(tokens_of: Callable[[str], list[Token]], text: str) -> None:
    """Whatever the text is, the block is all there is."""
    (token,) = tokens_of(code_block(text))
    assert token.content == f"{text}\n"


@pytest.mark.parametrize(
    "around", ["{}", "see {}.", "({})", "<{}>", "'{}'", "**{}**", "{}; {}, \u00e9{}", "[x]({})"]
)
@pytest.mark.parametrize(
    "address",
    [
        *("https://x.example.com/a_b?c=1&d=2#issuecomment-1", "HTTPS://h.example/__a__/0123abcdef"),
        *("http://h-1.example:80/a_b/", "https://__x__", "https://a.__b__.example/c"),
        *("https://h/*a*b", "https://h/_a_\u00e9", "https://h/a|_b_", "https://h/\\_a_"),
        *("xhttps://h/_a_", "https://u@h/_a_", "https://h/`a`b", "https://h/[_a_](b)c"),
        *("https://h/&lt;c", "http\u017f://h/_a_", "www.h.example/_a_", "WwW.h.example"),
        *("ftp://h.example/a", "ssh://git@h.example/a", "vscode://h.example", "//h.example/a"),
        *("a@b.example", "mailto:a@b.example", "xmpp:a@b.example/c", "a+b.c-d_e@b.example"),
        *("ht\u00adtps://h.example", "https:\u200b//h.example", "ww\u2060w.h.example"),
        *("https://h\uff0eexample", "www.h\u3002example", "a@b\uff0eexample"),
        *("https&colon;//h.example", "&#104;ttps://h.example", "www&#46;h.example"),
    ],
)
def test_an_address_is_plain_text(around: str, address: str) -> None:
    """It reads as it was written, and nobody can follow it by a click."""
    text = around.replace("{}", address)
    elements, shown, links = _by_github(plain(text, 500))
    assert (elements, shown.strip(), links) == (["<p>", "</p>"], visible(text), [])


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a\nb", ["a", "b"]),
        ("\n a \r\n\u200b\n\tb\n\n", ["a", "b"]),
        ("- a\n1. b\n# c\n===\n> d", ["\\- a", "1\\. b", "\\# c", "\\===", "&gt; d"]),
        ("one two\nthree", ["one two", "three"]),
        ("one two\nthree four five", ["one two", "three four…"]),
        ("one two three four five\nsix", ["one two three four…"]),
        ("\n".join("ab" * 5), ["a", "b"] * 5),
        ("", []),
    ],
)
def test_a_text_of_several_lines_keeps_them(text: str, lines: list[str]) -> None:
    """Each is a line of Markdown for itself, and all of them together have a length."""
    assert plain_lines(text, 22) == lines


def test_a_text_of_very_many_lines_has_an_end() -> None:
    """It cannot push out of sight what stands below it."""
    assert plain_lines("a\n" * 30, 1_000) == [*["a"] * 20, "\u2026"]


@settings(derandomize=True, deadline=None, max_examples=200)
@given(_TEXTS)
def test_no_line_of_a_text_is_anything_else(text: str) -> None:
    """In a paragraph with hard line ends there is nothing but the lines."""
    lines = plain_lines(text, 1_000)
    assume(lines)
    elements, shown, links = _by_github("  \n".join(lines))
    assert (elements, links) == (["<p>", *["<br />"] * (len(lines) - 1), "</p>"], [])
    written = [line for one in text.splitlines() if (line := visible(one))]
    assert shown.strip() == "\n".join(written)


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("\u05e9\u05dc\u05d5\u05dd", True),
        ("x \u0645", True),
        ("x", False),
        ("\u00e9 \u4e2d", False),
    ],
)
def test_a_text_from_right_to_left_is_kept_apart_within_a_line(
    text: str,
    is_so: bool,  # noqa: FBT001 - what is expected
) -> None:
    """What stands behind it keeps its place, and a terminal gets none of the marks."""
    assert runs_from_right(text) is is_so
    assert inline(text, 100) == (f"\u2068{text}\u2069" if is_so else text)
    assert as_text(inline(text, 100)) == text


@pytest.mark.parametrize("text", ["@octocat", "www.h.example", "https://h.example", "#1", "GH-1"])
def test_a_title_refers_to_nothing(text: str) -> None:
    """There is no Markdown in it, so nothing is escaped, and a reader sees what was written."""
    title = in_title(f"a_b <{text}>", 100)
    assert _read(title) == f"a_b <{text}>"
    assert references_in(title) == []


@pytest.mark.parametrize("text", ["@" * 300, "a @b " * 100, "x" * 300, "@a" * 200])
def test_a_title_has_the_length_that_github_takes(text: str) -> None:
    """What nobody sees counts."""
    title = in_title(text, 256)
    assert 200 < len(title) <= 256
    assert title.endswith("\u2026")


@settings(derandomize=True, deadline=None, max_examples=500)
@given(text=_TEXTS, limit=st.integers(1, 60))
@example(text="1) i", limit=9)
@example(text="&lt;\\&amp;lt;", limit=30)
@example(text="\\@a @", limit=9)
def test_as_text_undoes_plain(text: str, limit: int) -> None:
    """A terminal shows what was to be shown: not one escape, entity or hidden character more."""
    assert as_text(plain(text, limit)) == shorten(visible(text), limit)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(frame=st.sampled_from(_FRAMES), text=_TEXTS)
@example(frame="## {}", text="a_b & @c")
def test_as_text_undoes_plain_wherever_it_stands(frame: str, text: str) -> None:
    """No text is taken for a mark of the Markdown round it, nor loses one of its own."""
    assume(visible(text))
    shown = visible(text)
    expected = as_text(frame.format("word")).replace("word", shown)
    if frame.startswith("## "):
        expected = f"{shown}\n{'=' * len(shown)}"
    assert as_text(frame.format(plain(text, 1_000))) == expected


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        pytest.param("## A title\n\nText\n", "A title\n=======\n\nText", id="title"),
        pytest.param("## a\\_b &amp; c", "a_b & c\n=======", id="title with escapes"),
        pytest.param(
            "### [Join](https://h.example/?a=1&amp;b=2)",
            "Join: https://h.example/?a=1&b=2",
            id="link to click on",
        ),
        pytest.param("\\[no\\](link)", "[no](link)", id="no link"),
        pytest.param("\\[a [b\\_\\]c](https://h) \\]", "[a b_]c: https://h ]", id="escapes"),
        pytest.param("<!-- receipt\nv1 -->\n## T", "T\n=", id="hidden comment"),
        pytest.param("**Goal:** x\n\n**All of it**", "Goal: x\n\nAll of it", id="bold"),
        pytest.param("<sub>Announced by a.</sub>\n", "Announced by a.", id="small"),
        pytest.param("- a\n- b\n\n1. c\n2. d", "- a\n- b\n\n1. c\n2. d", id="lists"),
    ],
)
def test_marks_become_what_a_terminal_has(markdown: str, text: str) -> None:
    """Titles are underlined, links show their address, and what is hidden stays hidden."""
    assert as_text(markdown) == text


@pytest.mark.parametrize("text", ["a: **b**  # \\*", "## x", "<!-- c -->", "````\n&lt;\n```", ""])
def test_what_is_in_a_code_block_is_left_as_it_is(text: str) -> None:
    """It is there to be pasted, so that each character counts."""
    block = code_block(text, "yaml")
    assert as_text(f"**a**\n\n{block}\n\n**b**\n") == f"a\n\n{block}\n\nb"


_SENTENCES = [
    ("`gaol` is not a key here; did you mean `goal`?", ["gaol", "goal"]),
    ("it is the text `[x](y) <b> *b* @org #7 &lt; \\`", ["[x](y) <b> *b* @org #7 &lt; \\"]),
    ("a lone ` back-tick, and `two`", [" back-tick, and "]),
    ("``two`` and ```\nthree", []),
    ("`` ` `` @octocat <b>", []),
    ("\\`a_b_c`", ["a_b_c"]),
]


@pytest.mark.parametrize("frame", ["{}", "- {}", "**Warning:** {}", "> {}"])
@pytest.mark.parametrize(("text", "spans"), _SENTENCES)
def test_what_a_sentence_quotes_is_code(frame: str, text: str, spans: list[str]) -> None:
    """What stands between back-ticks is code, as GitHub renders it, and shows as it is."""
    page = rendered(frame.format(sentence(text, 500)))
    found = [html.unescape(it) for it in re.findall("<code>(.*?)</code>", page)]
    assert [it.strip() for it in found] == [it.strip() for it in spans]
    assert "@<" not in page
    assert "<b>" not in page


@pytest.mark.parametrize("around", ["{}", "complete it: {}", "({}).", "`a` {}, {}", "\u00e9 {}; `"])
def test_an_address_in_a_sentence_can_be_copied_and_leads_nowhere(around: str) -> None:
    """It is code without a character more, and a terminal shows the sentence as it was."""
    text = around.replace("{}", "https://h.example/chat?s=a_b&c=~d")
    page = rendered(sentence(text, 500))
    found = [html.unescape(it) for it in re.findall("<code>(.*?)</code>", page)]
    assert [it for it in found if it != "a"] == ["https://h.example/chat?s=a_b&c=~d"] * (
        around.count("{}")
    )
    assert "<a" not in page
    assert as_text(sentence(text, 500)) == text


@settings(derandomize=True, deadline=None, max_examples=500)
@given(frame=st.sampled_from([it for it in _FRAMES if "|" not in it]), text=_TEXTS)
@example(frame="{}", text="`x` **b** `y")
@example(frame="> [!IMPORTANT]\n> {}", text="`` `a` ```")
def test_a_sentence_adds_nothing_but_code(
    tokens_of: Callable[[str], list[Token]], text_of: Callable[[str], str], frame: str, text: str
) -> None:
    """Whatever a sentence quotes, it shows, and no part of it is Markdown."""
    assume(visible(text))
    markdown = frame.format(sentence(text, 1_000))
    structure = [it for it in _structure(tokens_of(markdown)) if it[0] != "code_inline"]
    assert structure == _structure(tokens_of(frame.format("word")))
    expected = text_of(frame.format("word")).replace("word", visible(text))
    assert _bare(text_of(markdown)) == _bare(expected)


def _bare(text: str) -> str:
    """Return a text without what a renderer may take off code: its marks, a blank at both ends."""
    return re.sub("[`\\s]", "", _read(text))


@settings(derandomize=True, deadline=None, max_examples=500)
@given(text=_TEXTS | _CRAFTED, limit=st.integers(1, 60))
@example(text="\\`a\\_b`", limit=30)
@example(text="`a` \\` `b&lt;`", limit=30)
def test_as_text_undoes_a_sentence(text: str, limit: int) -> None:
    """A terminal shows the sentence as it was, back-ticks included."""
    assert as_text(sentence(text, limit)) == shorten(visible(text), limit)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(text=_TEXTS | _CRAFTED)
@example(text="`a`")
@example(text="``")
@example(text="a`` ` b")
def test_any_text_can_be_code(text: str) -> None:
    """A name may hold back-ticks too, and ends the code no sooner for it."""
    page = rendered(f"- {code(text, 500)}.")
    shown = html.escape(visible(text), quote=False).replace('"', "&quot;")
    assert page.strip() == f"<ul>\n<li>{f'<code>{shown}</code>' if shown else ''}.</li>\n</ul>"
    assert as_text(code("a\\_b", 500)) == "`a\\_b`"


@pytest.mark.parametrize(
    "text", ["5e550000-0000-4000-8000-0000000000ab", "(5E550000-0000-4000-8000-0000000000AB)"]
)
def test_the_id_of_a_session_can_be_copied(text: str) -> None:
    """No sign that nobody sees stands in it, though parts of it look like hashes."""
    assert plain(text, 100) == text
