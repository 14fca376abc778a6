"""Which receipts count, and what sessions and requests are known by."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from harmonica_session.announcement.receipt import (
    OurComment,
    Receipt,
    Seal,
    digest_of,
    field_digests,
)
from harmonica_session.spec.spec import read_spec
from harmonica_session.text.zone import zone_named
from harmonica_session.words.place import NOWHERE, Place
from harmonica_session.words.pull_request import Account, Comment
from harmonica_session.words.request import SessionRequest
from harmonica_session.words.round import Round

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from pydantic import JsonValue

PLACE = Place(7)
GOLDEN = Path(__file__).parents[1] / "golden"
_KEY = SecretStr("hm_live_0123")
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def _comment(body: str | None, user: Account | None = None) -> Comment:
    return Comment(id=1, body=body, user=user)


def line_of(seal: Seal, receipt: Receipt, place: Place, text: str = "## Topic\n") -> str:
    """Return the hidden line that vouches for a text."""
    return seal.signed(receipt, place, text).partition("\n")[0]


def _line_of(content: object, line: str) -> str:
    """Put another content into a receipt's line; its signature does not hold any more."""
    payload = line.split(" ")[4]
    return line.replace(payload, b64encode(json.dumps(content).encode()).decode())


def _content_of(line: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(b64decode(line.split(" ")[4]))
    return content


@pytest.fixture(scope="session")
def reread(seal: Seal, receipt: Receipt) -> Callable[[dict[str, Any]], Receipt | None]:
    """Read a receipt of ours some of whose content is replaced; a signature would not help it."""

    def read(changes: dict[str, Any]) -> Receipt | None:
        line = line_of(seal, receipt, PLACE)
        content = {**_content_of(line), **changes}
        kept = {name: value for name, value in content.items() if value is not ...}
        ours = seal.read(_comment(_line_of(kept, line)), PLACE)
        return ours.receipt if ours else None

    return read


def test_a_receipt_is_read_back(seal: Seal, receipt: Receipt) -> None:
    """What was written is what is read, in the place that it was written for."""
    comment = _comment(seal.signed(receipt, PLACE, "## Topic\n"))
    assert seal.read(comment, PLACE) == OurComment(comment, receipt, is_signed=True)


def test_a_comment_of_an_earlier_version_is_ours(seal: Seal, receipt: Receipt) -> None:
    """Its text reads in another way, and its receipt lacks what is kept since."""
    ours = seal.read(_comment((GOLDEN / "comment-earlier.md").read_text("utf-8")), PLACE)
    assert ours
    assert (ours.receipt, ours.is_signed, ours.is_intact) == (receipt, True, True)


def test_a_receipt_is_one_hidden_line(seal: Seal, receipt: Receipt) -> None:
    """The receipt is an HTML comment that ends where it should."""
    line = line_of(seal, receipt.model_copy(update={"session_id": "-->\n<!--"}), PLACE)
    assert re.fullmatch(r"<!-- harmonica-session receipt v1 [A-Za-z0-9+/=]+ [0-9a-f]{64} -->", line)


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.replace("\n", "\r\n"),
        lambda body: body.replace("\n", "\r\n", 1),
        lambda body: body.rstrip(),
        lambda body: f"{body}\n\n",
    ],
    ids=["carriage returns", "mixed", "trimmed", "blank lines"],
)
def test_what_github_may_do_to_a_body_does_no_harm(
    seal: Seal, receipt: Receipt, change: Callable[[str], str]
) -> None:
    """Line ends, and what is blank at the end, may come back changed."""
    ours = seal.read(_comment(change(seal.signed(receipt, PLACE, "## Topic\n\n- a\n"))), PLACE)
    assert ours
    assert (ours.receipt, ours.is_signed, ours.is_intact) == (receipt, True, True)


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.replace("Topic", "Topic!"),
        lambda body: body.replace("s=5e55", "s=evil"),
        lambda body: f"{body}\nand more",
        lambda body: body.partition("\n")[0],
        lambda body: body.partition("\n")[0] + "\nCoverage: 97 %",
    ],
    ids=["a sign", "the link", "more", "nothing", "another text"],
)
def test_a_receipt_vouches_for_the_text_below_it(
    seal: Seal, receipt: Receipt, change: Callable[[str], str]
) -> None:
    """Who edits the text, or takes the receipt for a text of another, breaks no signature."""
    body = seal.signed(receipt, PLACE, f"## Topic\n\n[Join the session]({receipt.join_url})\n")
    ours = seal.read(_comment(change(body)), PLACE)
    assert ours
    assert (ours.is_signed, ours.is_intact) == (True, False)


@pytest.mark.parametrize("body", [None, "", "\n", "Hello", "<!-- -->", "<!-- x -->\n"])
def test_a_comment_without_a_receipt_has_none(seal: Seal, body: str | None) -> None:
    """Other people's comments are no receipts."""
    assert seal.read(_comment(body), PLACE) is None


@pytest.mark.parametrize("before", ["\n", "Look: ", "> ", "```\n", "## Topic\n\n"])
def test_a_receipt_counts_on_the_first_line_only(seal: Seal, receipt: Receipt, before: str) -> None:
    """A receipt that somebody quotes is not theirs."""
    assert seal.read(_comment(before + line_of(seal, receipt, PLACE)), PLACE) is None


def test_a_receipt_shares_its_line_with_nothing(seal: Seal, receipt: Receipt) -> None:
    """A line with more on it was not written by us."""
    assert seal.read(_comment(line_of(seal, receipt, PLACE) + " more"), PLACE) is None


def test_a_receipt_of_another_pull_request_does_not_count(seal: Seal, receipt: Receipt) -> None:
    """A copy on another pull request announces nothing there."""
    assert seal.read(_comment(line_of(seal, receipt, PLACE)), Place(8)) is None


@pytest.mark.parametrize(
    "other",
    [
        Seal([_KEY], "1296270", ".harmonica/session.yml"),
        Seal([_KEY], "1296269", "other.yml"),
        Seal([_KEY], "1296269.harmonica", "/session.yml"),
        Seal([_KEY], "1296269", ".harmonica/session.yml", is_app=True),
    ],
    ids=["repository", "spec", "shifted", "app"],
)
def test_a_receipt_is_bound_to_repository_spec_and_kind_of_account(
    seal: Seal, other: Seal, receipt: Receipt
) -> None:
    """A receipt from elsewhere is none here, nor one of ours there."""
    assert seal.read(_comment(line_of(other, receipt, PLACE)), PLACE) is None
    assert other.read(_comment(line_of(seal, receipt, PLACE)), PLACE) is None


def test_a_rotated_key_breaks_the_signature_alone(seal: Seal, receipt: Receipt) -> None:
    """A receipt for this very place is still known, but nothing vouches for it."""
    rotated = Seal([SecretStr("hm_live_4567")], "1296269", ".harmonica/session.yml")
    ours = rotated.read(_comment(line_of(seal, receipt, PLACE)), PLACE)
    assert ours
    assert (ours.receipt, ours.is_signed) == (receipt, False)


def test_a_key_that_was_replaced_still_vouches(seal: Seal, receipt: Receipt) -> None:
    """With the previous key beside the new one, a receipt holds, and is to be signed anew."""
    keys = [SecretStr("hm_live_4567"), _KEY]
    rotated = Seal(keys, "1296269", ".harmonica/session.yml")
    ours = rotated.read(_comment(seal.signed(receipt, PLACE, "text")), PLACE)
    assert ours
    assert (ours.is_signed, ours.is_current, ours.is_intact) == (True, False, True)
    anew = rotated.read(_comment(rotated.signed(receipt, PLACE, "text")), PLACE)
    assert anew
    assert anew.is_current


def test_a_place_is_a_text(seal: Seal, receipt: Receipt) -> None:
    """A receipt for nowhere is none for a number, nor the other way round."""
    body = seal.signed(receipt, NOWHERE, "text")
    assert seal.read(_comment(body), NOWHERE)
    assert seal.read(_comment(body), PLACE) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda line: _line_of({**_content_of(line), "session_id": "another"}, line),
        lambda line: line[:-68] + "0" * 64 + " -->",
    ],
    ids=["content", "signature"],
)
def test_an_altered_receipt_is_not_signed(
    seal: Seal, receipt: Receipt, change: Callable[[str], str]
) -> None:
    """Whatever was changed after the signing, the signature does not hold."""
    ours = seal.read(_comment(change(line_of(seal, receipt, PLACE))), PLACE)
    assert ours is not None
    assert not ours.is_signed


@pytest.mark.parametrize(("old", "new"), [("v1", "v2"), ("receipt", "Receipt"), (" -->", "-->")])
def test_a_line_of_another_form_is_no_receipt(
    seal: Seal, receipt: Receipt, old: str, new: str
) -> None:
    """Another version, or another hand, writes another line."""
    assert seal.read(_comment(line_of(seal, receipt, PLACE).replace(old, new)), PLACE) is None


def test_a_receipt_of_a_later_version_is_read(
    reread: Callable[[dict[str, Any]], Receipt | None], receipt: Receipt
) -> None:
    """A field that this version does not know does not lose the session."""
    assert reread({"added_tomorrow": {"a": 1}}) == receipt


@pytest.mark.parametrize("missing", ["session_id", "join_url", "place"])
def test_a_receipt_that_lacks_what_counts_is_none(
    reread: Callable[[dict[str, Any]], Receipt | None], missing: str
) -> None:
    """Without session, link or place it is no receipt, and no traceback; other keys may be new."""
    assert reread({missing: ...}) is None


@pytest.mark.parametrize("name", sorted(Receipt.model_fields.keys() - {"round", "reported"}))
@pytest.mark.parametrize("value", [None, -5, ["x"], {"x": 5}, "x" * 3_000])
def test_a_receipt_with_another_form_of_field_is_none(
    reread: Callable[[dict[str, Any]], Receipt | None], name: str, value: object
) -> None:
    """Fields are short texts, but for digests by name and the number of a comment."""
    assert reread({name: value}) is None


@pytest.mark.parametrize(
    "value",
    [
        5,
        "5d",
        [],
        {"open_for": "5 days"},
        {"open_for": 5},
        {"expected": 0},
        {"expected": "6"},
        {"timezone": "a](b)"},
        {"open_until": "tomorrow"},
        {"open_until": "2026-12-01T17:00:00"},
        {"is_over": "perhaps"},
    ],
)
def test_a_receipt_with_another_form_of_round_is_none(
    reread: Callable[[dict[str, Any]], Receipt | None], value: object
) -> None:
    """What stands in the comment can be reckoned with, and is no Markdown."""
    assert reread({"round": value}) is None


def test_a_receipt_without_a_round_is_that_of_an_older_version(
    seal: Seal, receipt: Receipt
) -> None:
    """Nothing is added to a receipt whose spec says nothing of a round, and it is read as ever."""
    line = line_of(seal, receipt, PLACE)
    read = seal.read(_comment(line), PLACE)
    assert "round" not in _content_of(line)
    assert read is not None
    assert read.receipt.round is None


def test_a_receipt_keeps_the_whole_round(seal: Seal, receipt: Receipt) -> None:
    """What was asked for and what was reckoned comes back as it was."""
    asked = Round(open_for="5d", expected=6, remind="1d", timezone="Europe/Berlin")
    at = datetime(2026, 11, 23, 9, 0, tzinfo=timezone.utc)
    kept = receipt.model_copy(update={"round": asked.opened(at, zone_named(asked.timezone))})
    read = seal.read(_comment(line_of(seal, kept, PLACE)), PLACE)
    assert read is not None
    assert read.receipt == kept


@pytest.mark.parametrize("content", [None, [], 5, "text", {}, [["session_id", "x"]]])
def test_a_content_of_another_form_is_no_receipt(
    seal: Seal, receipt: Receipt, content: object
) -> None:
    """A content that is no receipt at all is no traceback either."""
    assert seal.read(_comment(_line_of(content, line_of(seal, receipt, PLACE))), PLACE) is None


def test_a_content_nested_without_end_is_no_receipt(seal: Seal) -> None:
    """What only looks like JSON is no traceback either."""
    payload = b64encode(b"[" * 14_000).decode()
    body = f"<!-- harmonica-session receipt v1 {payload} {'0' * 64} -->"
    assert seal.read(_comment(body), PLACE) is None


@pytest.mark.parametrize("url", ["", "http://h.example.com", "javascript:alert(1)"])
def test_a_link_is_checked_again(
    reread: Callable[[dict[str, Any]], Receipt | None], url: str
) -> None:
    """A link that may not be shown is not shown because it was written once."""
    assert reread({"join_url": url}) is None


@settings(derandomize=True, deadline=None, max_examples=150)
@given(
    receipt=st.builds(
        Receipt,
        session_id=_TEXT.filter(bool),
        join_url=st.just("https://h.example.com/chat?s=1"),
        digest=_TEXT,
        announced=_TEXT,
        fields=st.dictionaries(_TEXT, _TEXT, max_size=5),
        results_visibility=st.sampled_from(["", "host", "participants", "public"]),
        created_at=_TEXT,
        run_id=_TEXT,
        written_by=_TEXT,
        is_foreign=st.booleans(),
        after=st.integers(0, 10**18),
        nonce=_TEXT,
    ),
    number=st.integers(1, 10**18),
)
def test_any_receipt_is_read_back_in_its_own_place(
    seal: Seal, receipt: Receipt, number: int
) -> None:
    """Whatever the texts of a receipt are, they come back, and nowhere else."""
    comment = _comment(seal.signed(receipt, Place(number), "text"))
    assert seal.read(comment, Place(number)) == OurComment(comment, receipt, is_signed=True)
    assert seal.read(comment, Place(number + 1)) is None


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.text(max_size=100) | st.binary(max_size=60).map(lambda b: b64encode(b).decode()))
def test_no_made_up_receipt_counts(seal: Seal, made_up: str) -> None:
    """Without the key nobody writes a receipt."""
    for signature in ("0" * 64, made_up):
        body = f"<!-- harmonica-session receipt v1 {made_up} {signature} -->"
        assert seal.read(_comment(body), PLACE) is None


def test_a_reference_is_16_hex_digits(seal: Seal) -> None:
    """The reference is as the session's last line has it, and always the same."""
    assert re.fullmatch("[0-9a-f]{16}", seal.references("run 42")[0])
    assert seal.references("run 42")[0] == seal.references("run 42")[0]


def test_references_differ_by_all_that_a_session_is_for(seal: Seal) -> None:
    """Purpose, repository, spec and key each make another reference."""
    references = {
        seal.references("run 42")[0],
        seal.references("run 43")[0],
        seal.references("pull-request 42")[0],
        Seal([_KEY], "1", ".harmonica/session.yml").references("run 42")[0],
        Seal([_KEY], "1296269", "other.yml").references("run 42")[0],
        Seal([SecretStr("other")], "1296269", ".harmonica/session.yml").references("run 42")[0],
    }
    assert len(references) == 6


def test_there_is_a_reference_for_each_key(seal: Seal) -> None:
    """What was left in a session with an older key is known again."""
    both = Seal([SecretStr("hm_live_4567"), _KEY], "1296269", ".harmonica/session.yml")
    new, old = both.references("run 42")
    assert [old] == seal.references("run 42")
    assert new != old


def test_the_key_shows_in_no_receipt(seal: Seal, receipt: Receipt) -> None:
    """Neither the line nor the seal itself holds the key in the clear."""
    payload = line_of(seal, receipt, PLACE).split(" ")[4]
    assert b"hm_live" not in b64decode(payload)
    assert "hm_live" not in repr(vars(seal))


def test_equal_requests_have_equal_digests() -> None:
    """Neither the order of the keys nor the spelling of the YAML makes another request."""
    one = read_spec(b"topic: A\ngoal: B\nquestions: [Name]\napi: {x: 1, y: 2}", "s")
    two = read_spec(b'{api: {y: 2, x: 1}, questions: [{text: "Name"}], goal: B, topic: A}', "s")
    assert digest_of(one.request("c").body()) == digest_of(two.request("c").body())


@pytest.mark.parametrize(
    "change",
    ["topic: C", "critical: C", "questions: [C]", "cross_pollination: false", "api: {x: null}"],
)
def test_another_request_has_another_digest(change: str) -> None:
    """Each field counts, also one that is merely there."""
    plain = {"topic": "topic: A", "goal": "goal: B"}
    changed = {**plain, change.partition(":")[0]: change}
    digests = {
        digest_of(read_spec("\n".join(lines.values()).encode(), "s").request("c").body())
        for lines in (plain, changed)
    }
    assert len(digests) == 2


@settings(derandomize=True, deadline=None, max_examples=150)
@given(
    st.dictionaries(st.text(max_size=5).map("x_".__add__), st.integers() | st.text(max_size=5)),
    st.randoms(use_true_random=False),
)
def test_a_digest_does_not_depend_on_order(extra: dict[str, object], random: Random) -> None:
    """A request with its fields in any order is the same request."""
    items = [("topic", "A"), ("goal", "B"), *extra.items()]
    shuffled = items.copy()
    random.shuffle(shuffled)
    bodies = [SessionRequest.model_validate(dict(i)).body() for i in (items, shuffled)]
    digests = {digest_of(body) for body in bodies}
    assert len(digests) == 1
    assert re.fullmatch("[0-9a-f]{64}", digests.pop())
    assert field_digests(bodies[0]) == field_digests(bodies[1])


def test_each_field_has_a_digest_of_its_own() -> None:
    """A changed field changes its own digest and no other."""
    old = field_digests({"topic": "A", "goal": "B"})
    new = field_digests({"topic": "C", "goal": "B", "questions": []})
    assert {name for name in new if old.get(name) != new[name]} == {"topic", "questions"}
    assert all(re.fullmatch("[0-9a-f]{16}", digest) for digest in new.values())


def test_unknown_fields_have_one_digest_together() -> None:
    """A receipt stays small, however much stands under `api:`."""
    body: dict[str, JsonValue] = {"topic": "x", **{f"field_{n}": n for n in range(2_000)}}
    digests = field_digests(body)
    assert digests.keys() == {"topic", "api"}
    assert digests["api"] != field_digests({**body, "field_1": None})["api"]
