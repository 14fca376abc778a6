"""What GitHub does not show of a description is left out of it, and what it shows is not.

The words that are hidden in these texts are called `evil`, and those that are not `seen`. What
GitHub shows is read from what its own renderer makes of a text.
"""

from __future__ import annotations

import re

import pytest
from cmarkgfm.cmark import Options, markdown_to_html_with_extensions
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harmonica_session.background.shown import CUT, shown

_HIDING = [
    "[//]: # (evil)", "[//]: # 'evil'", '[//]: # "evil"', "[evil]: <>", "[a b]: <evil> 'evil'",
    "   [//]: # (evil)", "[//]:\n  evil\n  'evil'", "[//]: evil 'evil\nevil'",
    "[a]: evil\n[b]: evil",
    "> [//]: # (evil)", "> > [//]: # (evil)", "- [//]: # (evil)", "1. [//]: # (evil)",
    "> [//]:\n> evil\n> (evil)", "[\\]]: evil", "[Note]: evil",
    "<!-- evil -->", "<!-- evil\n\nevil -->", "> <!-- evil -->", "- <!-- evil\n  evil -->",
    "<!--evil-- >evil-->", "<!--->", "<!-->", "<?evil?>", "<?php evil\nevil ?>", "<!EVIL evil>",
    "<!doctype evil>", "<![CDATA[evil]]>", "<![CDATA[evil\nevil]]>", "> <!X\n> evil>",
    "<evil evil='evil>evil'>", "</evil>", 'a <img alt="evil\nevil"> b', "> <p title=evil>",
    "[^evil]: evil\n    evil\n\n    evil",
]  # fmt: skip
_SHOWN = [
    "```\n<!-- seen -->\n[seen]: seen\n<? seen ?>\n```", "~~~\n<!-- seen\n~~~\n\nseen",
    "`<!-- seen -->`",
    "Use `<!--` to seen", "`` ` <!-- seen `` --> seen", "\\<!-- seen -->", "[seen]: seen seen",
    "[ ]: seen", "- [ ] seen\n- [x] seen", "a <!seen", "a <? seen", "seen [^1]\n\n[^1]: seen",
    "a < b, seen > c", "<https://seen.example> seen", "<seen@h.example>", "a <b = seen",
    "`List<Seen>` seen",
    "```\n``` \nseen ` seen",
]  # fmt: skip


def words(text: str) -> list[str]:
    """Return the words of a text that was made up of words that say what they are."""
    return re.findall("evil|seen", text)


def words_that_github_shows(markdown: str) -> set[str]:
    """Return the numbered words that are left when a browser has read what GitHub renders."""
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES
    extensions = ["table", "strikethrough", "autolink", "tagfilter", "tasklist"]
    page = markdown_to_html_with_extensions(markdown, options, extensions)
    page = re.sub(r"(?s)<!---?>|<!--.*?(?:-->|\Z)|<[!?][^>]*>?|</?[a-z][^>]*>", " ", page)
    return set(re.findall(r"w\d+", page))


@pytest.mark.parametrize(
    "around", ["{}", "seen\n\n{}\n\nseen", "{}\n\n- seen", "# seen\n{}\n\nseen"]
)
@pytest.mark.parametrize("text", _HIDING)
def test_what_is_hidden_is_left_out(around: str, text: str) -> None:
    """Every way of GitHub's to write what nobody sees, and nothing but that."""
    whole = around.replace("{}", text)
    assert words(shown(whole)) == words(around)
    assert CUT not in shown(whole)


@pytest.mark.parametrize("text", _SHOWN)
def test_what_is_shown_stays(text: str) -> None:
    """Code is shown as it stands, and so is what only looks like a way to hide."""
    assert shown(f"{text}\n") == f"{text}\n"


@pytest.mark.parametrize(
    "text",
    [
        *("- ```\n<!-- evil -->", "> ```\n<!-- evil -->", "<div>\n```\n<!-- evil -->\n```"),
        *("<pre>\n\n```\n<!-- evil -->", "1. a\n   ```\n   ```\n    ```\n<!-- evil -->"),
        *("a ` b\nc ` <!-- evil --> `", "| ` | <!-- evil --> ` |", "https://a/`<!-- evil -->`"),
        *("<a b='`'> <!-- evil --> `", "\\`<!-- evil -->`", "a\n[x]: y '<!--'\nevil -->"),
        *("<!-- a\n```\n--> `<!-- evil -->`", "``` evil\n```", "~~~x evil\n~~~", "\r[x]: evil\r"),
    ],
)
def test_what_only_looks_like_code_is_left_out(text: str) -> None:
    """Where it is not certain that a text is code, it may hide."""
    assert words(shown(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "<!-- evil\n\nevil",
        "> <!-- evil\n\nevil --> evil",
        "- <!-- evil\nevil --> evil",
        "<div> <!-- evil\n\nevil --> evil",
        "<!-- a\n--> <!-- evil\n\nevil --> evil",
        "<? evil",
        "<div title='evil",
    ],
)
def test_what_is_never_closed_hides_the_rest(text: str) -> None:
    """A mark says so, for it may be much."""
    assert words(shown(f"seen\n\n{text}\n\nevil")) == ["seen"]
    assert shown(f"seen\n\n{text}").endswith(CUT)


def test_what_is_not_closed_within_a_line_hides_no_more_than_its_paragraph() -> None:
    """GitHub shows it, unless it is HTML; what follows is shown in any case."""
    assert shown("seen <!-- a\nb\n\nseen") == f"seen {CUT}\n\nseen"


_PIECES = st.sampled_from(
    [
        *(
            "<!--",
            "-->",
            "<?",
            "?>",
            "<!X",
            "<![CDATA[",
            "]]>",
            "<!-->",
            "<!--->",
            "`",
            "``",
            "```",
        ),
        *(
            "~~~",
            "\n",
            "\n",
            "\n",
            "\n\n",
            "> ",
            "- ",
            "1. ",
            "    ",
            "  ",
            " ",
            "<div>",
            "</div>",
            "<b ",
            "='",
        ),
        *(
            "<pre>",
            "</pre>",
            "|",
            "\\",
            "[//]: ",
            "[x]: ",
            "(",
            ")",
            '"',
            "'",
            "[^1]: ",
            "[^1]",
            "://",
        ),
    ]
)


@settings(derandomize=True, deadline=None, max_examples=2_000)
@given(st.lists(_PIECES | st.just("w"), max_size=16))
@example(["```", " ", "w", "\n", "w"])
@example(["> ", "<!X", "\n", "> ", "w", ">", "w"])
@example(["<!--", "w", "\n", "\n", "-->", " ", "<!--", "w", "\n\n", "-->", "w"])
@example(["[^1]: ", "w", "[^1]"])
def test_nothing_reaches_the_facilitator_that_github_does_not_show(pieces: list[str]) -> None:
    """However the ways to hide are combined, with each other and with code."""
    text = "".join(f" w{n} " if piece == "w" else piece for n, piece in enumerate(pieces))
    assert set(re.findall(r"w\d+", shown(text))) - words_that_github_shows(text) == set()


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.text(alphabet=st.characters(exclude_characters="<[`~\r\\")))
def test_a_text_that_hides_nothing_stays(text: str) -> None:
    """No mark of a hiding place, nothing left out."""
    assert shown(text) == text
