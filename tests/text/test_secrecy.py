"""Which texts may not leave the repository, and what is blotted out of those that may."""

from __future__ import annotations

import pytest

from harmonica_session.errors import FileRefused
from harmonica_session.text.markdown import plain
from harmonica_session.text.secrecy import BLOT, blot_out, refuse_secrets, without_secrets


@pytest.mark.parametrize(
    "secret", ["hm_live_0123456789abcdef0123456789ABCDEF", "ghs_of.this+run", "the-other-key"]
)
def test_a_secret_in_a_text_is_refused_unseen(secret: str) -> None:
    """Anything in the form of a Harmonica key, and the secrets of this run, stop everything."""
    with pytest.raises(FileRefused) as caught:
        refuse_secrets(f"one\ntwo {secret}\n", "SESSION.md", ["ghs_of.this+run", "the-other-key"])
    assert str(caught.value).startswith("SESSION.md:2:5: an API key or token is here")
    assert secret not in str(caught.value)


@pytest.mark.parametrize("text", ["hm_live_", "hm_live_your_key_here", "ghs_of-this+run", ""])
def test_what_only_speaks_of_a_key_is_no_secret(text: str) -> None:
    """A document may explain where a key goes."""
    refuse_secrets(text, "SESSION.md", ["ghs_of.this+run"])


_BODY = "16C7e42F292c6912E7710c838347Ae178B4a"
_JWT = f"eyJhbGciOiJSUzI1NiJ9.{'eyJp_c3M-' * 30}.{'c2lnbmF0dXJl' * 10}_-w"
FORMS = {
    "harmonica": f"hm_live_{'0123456789abcDEF' * 2}",
    **{prefix: f"{prefix}_{_BODY}" for prefix in ("ghp", "gho", "ghu", "ghs")},
    "ghr": f"ghr_{_BODY}{_BODY}abcd",
    "ghs with a JWT": f"ghs_1234567_{_JWT}",
    "ghs as a JWT": f"ghs_{_JWT}",
    "github_pat": f"github_pat_11ABCDEFG0{'x' * 12}_{'Y1' * 29}z",
}


@pytest.mark.parametrize(
    "around",
    ["{}", "a {}.", "x{}", "https://x-access-token:{}@github.com/o/r", '"{}"', "a={}\nb", "({}),"],
)
@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_key_and_token_is_known_whole(form: str, around: str) -> None:
    """Each is refused, and blotted out to its end, whatever it stands in and whoever wrote it."""
    text = around.format(FORMS[form])
    with pytest.raises(FileRefused):
        refuse_secrets(text, "SESSION.md", [])
    assert without_secrets(text, []) == around.format(BLOT)
    assert blot_out(text, []) == around.format(BLOT)


@pytest.mark.parametrize("form", FORMS)
def test_each_form_in_markdown_is_blotted_out_whole(form: str) -> None:
    """What Markdown puts between the characters leaves none of them behind."""
    assert blot_out(plain(f"see {FORMS[form]}.", 1000), []) == "see ***."


@pytest.mark.parametrize(
    "text",
    [
        *("`ghp_`, `gho_`, `ghu_`, `ghs_` and `ghr_` begin tokens", "ghp_…", "github_pat_<yours>"),
        *("GHP_SOME_NAME_IN_CAPITALS_THAT_IS_LONG_ENOUGH", f"GHP_{_BODY}", f"ghx_{_BODY}"),
        *(f"ghp_{_BODY[:35]}", f"gh_p{_BODY}", "hm_live_0123", f"ghs_{'.' * 60}"),
    ],
)
def test_prose_about_tokens_is_no_token(text: str) -> None:
    """A prefix without a body, another case, and too short a body stay as they are."""
    refuse_secrets(text, "SESSION.md", [])
    assert without_secrets(text, []) == text


@pytest.mark.parametrize(
    "text",
    [
        "docs/highs_and_lows_over_the_years_2019_2026.md",
        "weighs_up-what_all_of_the_teams.have_said",
    ],
)
def test_a_name_that_only_holds_a_prefix_stays(text: str) -> None:
    """Words end in `ghs`, and go on in names of files."""
    refuse_secrets(text, "SESSION.md", [])
    assert without_secrets(text, []) == text
    assert blot_out(plain(text, 200), []) == plain(text, 200)


def test_what_others_wrote_loses_whole_keys_only() -> None:
    """What only speaks of a key stays; keys, and the secrets of the run, go."""
    text = "hm_live_0123456789abcdef0123456789ABCDEF, hm_live_your_key_here, the-other-key"
    assert without_secrets(text, ["the-other-key"]) == "***, hm_live_your_key_here, ***"


def test_what_we_say_loses_all_that_begins_like_a_key() -> None:
    """A key that is cut short, or escaped for Markdown, is blotted out of log and summary too."""
    text = r"hm_live_0123 hm\_live\_0123 ghs_01234567 github\_pat\_0123456789"
    assert blot_out(text, []) == "*** *** *** ***"


def test_of_two_secrets_the_longer_goes_first() -> None:
    """A secret that is part of another one leaves nothing of that behind."""
    assert blot_out("x the-key-and-more y", ["the-key-and-more", "the-key"]) == "x *** y"


@pytest.mark.parametrize("around", ["{}", "x{}", "{}y", "f{}", "#{}0", "{}-a", "-{} @", "(`{}`)"])
@pytest.mark.parametrize(
    "secret",
    ["0123456789abcdef", "123e4567-e89b-12d3-a456-426614174000", "1#2@3:four:www.", "-a_b*c`d"],
)
def test_a_secret_in_markdown_is_blotted_out_whatever_stands_beside_it(
    around: str, secret: str
) -> None:
    """Markdown that refers to nothing has characters without width where there was a reference."""
    shown = plain(f"@x {around.replace('{}', secret)}", 200)
    assert BLOT in blot_out(shown, [secret])


@pytest.mark.parametrize("key", [f"hm_live_{'0123456789abcdef' * 2}", f"ghs_{'0123456789' * 3}"])
def test_a_key_in_markdown_is_blotted_out_whole(key: str) -> None:
    """Nothing of it is left behind the first of its parts."""
    assert blot_out(plain(f"see {key}.", 200), []) == "see ***."
