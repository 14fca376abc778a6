"""Which receipts count, and what sessions and requests are known by."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from harmonica_session.announcement.receipt import (
    OurComment,
    Receipt,
    Seal,
    Speaker,
    digest_of,
    field_digests,
)
from harmonica_session.spec.spec import read_spec
from harmonica_session.words.place import Place
from harmonica_session.words.pull_request import Account, Comment
from harmonica_session.words.request import SessionRequest

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from pydantic import JsonValue

PLACE = Place(7)
_KEY = SecretStr("hm_live_0123")
_BOT = Account(login="github-actions[bot]", type="Bot")
_APP = Account(login="planner[bot]", type="Bot")
_PERSON = Account(login="octocat", type="User")
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def _comment(body: str | None, user: Account | None = None) -> Comment:
    return Comment(id=1, body=body, user=user)


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
        line = seal.receipt_line(receipt, PLACE)
        content = {**_content_of(line), **changes}
        kept = {name: value for name, value in content.items() if value is not ...}
        ours = seal.read(_comment(_line_of(kept, line)), PLACE)
        return ours.receipt if ours else None

    return read


def test_a_receipt_is_read_back(seal: Seal, receipt: Receipt) -> None:
    """What was written is what is read, in the place that it was written for."""
    comment = _comment(seal.receipt_line(receipt, PLACE) + "\n## Topic")
    assert seal.read(comment, PLACE) == OurComment(comment, receipt, is_signed=True)


def test_a_receipt_is_one_hidden_line(seal: Seal, receipt: Receipt) -> None:
    """The receipt is an HTML comment that ends where it should."""
    line = seal.receipt_line(receipt.model_copy(update={"session_id": "-->\n<!--"}), PLACE)
    assert re.fullmatch(r"<!-- harmonica-session receipt v1 [A-Za-z0-9+/=]+ [0-9a-f]{64} -->", line)


def test_windows_line_ends_do_no_harm(seal: Seal, receipt: Receipt) -> None:
    """GitHub may give a body back with carriage returns."""
    ours = seal.read(_comment(seal.receipt_line(receipt, PLACE) + "\r\n## Topic"), PLACE)
    assert ours
    assert (ours.receipt, ours.is_signed) == (receipt, True)


@pytest.mark.parametrize("body", [None, "", "\n", "Hello", "<!-- -->", "<!-- x -->\n"])
def test_a_comment_without_a_receipt_has_none(seal: Seal, body: str | None) -> None:
    """Other people's comments are no receipts."""
    assert seal.read(_comment(body), PLACE) is None


@pytest.mark.parametrize("before", ["\n", "Look: ", "> ", "```\n", "## Topic\n\n"])
def test_a_receipt_counts_on_the_first_line_only(seal: Seal, receipt: Receipt, before: str) -> None:
    """A receipt that somebody quotes is not theirs."""
    assert seal.read(_comment(before + seal.receipt_line(receipt, PLACE)), PLACE) is None


def test_a_receipt_shares_its_line_with_nothing(seal: Seal, receipt: Receipt) -> None:
    """A line with more on it was not written by us."""
    assert seal.read(_comment(seal.receipt_line(receipt, PLACE) + " more"), PLACE) is None


def test_a_receipt_of_another_pull_request_does_not_count(seal: Seal, receipt: Receipt) -> None:
    """A copy on another pull request announces nothing there."""
    assert seal.read(_comment(seal.receipt_line(receipt, PLACE)), Place(8)) is None


@pytest.mark.parametrize(
    "other",
    [
        Seal(_KEY, "1296270", ".harmonica/session.yml"),
        Seal(_KEY, "1296269", "other.yml"),
        Seal(_KEY, "1296269.harmonica", "/session.yml"),
    ],
    ids=["repository", "spec", "shifted"],
)
def test_a_receipt_is_bound_to_repository_and_spec(
    seal: Seal, other: Seal, receipt: Receipt
) -> None:
    """A receipt from elsewhere is none here, nor one of ours there."""
    assert seal.read(_comment(other.receipt_line(receipt, PLACE)), PLACE) is None
    assert other.read(_comment(seal.receipt_line(receipt, PLACE)), PLACE) is None


def test_a_rotated_key_breaks_the_signature_alone(seal: Seal, receipt: Receipt) -> None:
    """A receipt for this very place is still known, but nothing vouches for it."""
    rotated = Seal(SecretStr("hm_live_4567"), "1296269", ".harmonica/session.yml")
    ours = rotated.read(_comment(seal.receipt_line(receipt, PLACE)), PLACE)
    assert ours
    assert (ours.receipt, ours.is_signed) == (receipt, False)


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
    ours = seal.read(_comment(change(seal.receipt_line(receipt, PLACE))), PLACE)
    assert ours is not None
    assert not ours.is_signed


@pytest.mark.parametrize(("old", "new"), [("v1", "v2"), ("receipt", "Receipt"), (" -->", "-->")])
def test_a_line_of_another_form_is_no_receipt(
    seal: Seal, receipt: Receipt, old: str, new: str
) -> None:
    """Another version, or another hand, writes another line."""
    assert seal.read(_comment(seal.receipt_line(receipt, PLACE).replace(old, new)), PLACE) is None


def test_a_receipt_of_a_later_version_is_read(
    reread: Callable[[dict[str, Any]], Receipt | None], receipt: Receipt
) -> None:
    """A field that this version does not know does not lose the session."""
    assert reread({"added_tomorrow": {"a": 1}}) == receipt


@pytest.mark.parametrize("missing", ["session_id", "join_url", "place"])
def test_a_receipt_that_lacks_what_counts_is_none(
    reread: Callable[[dict[str, Any]], Receipt | None], missing: str
) -> None:
    """Without session, link or place it is no receipt, and no oursback; other keys may be new."""
    assert reread({missing: ...}) is None


@pytest.mark.parametrize("name", sorted(Receipt.model_fields))
@pytest.mark.parametrize("value", [None, 5, ["x"], {"x": 5}, "x" * 3_000])
def test_a_receipt_with_another_form_of_field_is_none(
    reread: Callable[[dict[str, Any]], Receipt | None], name: str, value: object
) -> None:
    """Fields are short texts, digests by name apart."""
    assert reread({name: value}) is None


@pytest.mark.parametrize("content", [None, [], 5, "text", {}, [["session_id", "x"]]])
def test_a_content_of_another_form_is_no_receipt(
    seal: Seal, receipt: Receipt, content: object
) -> None:
    """A content that is no receipt at all is no oursback either."""
    assert seal.read(_comment(_line_of(content, seal.receipt_line(receipt, PLACE))), PLACE) is None


def test_a_content_nested_without_end_is_no_receipt(seal: Seal) -> None:
    """What only looks like JSON is no oursback either."""
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
    ),
    number=st.integers(1, 10**18),
)
def test_any_receipt_is_read_back_in_its_own_place(
    seal: Seal, receipt: Receipt, number: int
) -> None:
    """Whatever the texts of a receipt are, they come back, and nowhere else."""
    comment = _comment(seal.receipt_line(receipt, Place(number)))
    assert seal.read(comment, Place(number)) == OurComment(comment, receipt, is_signed=True)
    assert seal.read(comment, Place(number + 1)) is None


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.text(max_size=100) | st.binary(max_size=60).map(lambda b: b64encode(b).decode()))
def test_no_made_up_receipt_counts(seal: Seal, made_up: str) -> None:
    """Without the key nobody writes a receipt."""
    for signature in ("0" * 64, made_up):
        body = f"<!-- harmonica-session receipt v1 {made_up} {signature} -->"
        assert seal.read(_comment(body), PLACE) is None


@pytest.fixture(scope="session")
def doubt(receipt: Receipt) -> Callable[..., bool | None]:
    """Ask what a token makes of a comment: True in doubt, False surely ours, None not ours."""

    def ask(login: str, user: Account | None, *, is_signed: bool = True) -> bool | None:
        ours = Speaker(login).recognise(
            OurComment(_comment("", user), receipt, is_signed=is_signed)
        )
        return ours.is_doubtful if ours else None

    return ask


def test_a_signature_vouches_for_any_bot(doubt: Callable[..., bool | None]) -> None:
    """A workflow or App token cannot ask which bot it is; people are none."""
    assert doubt("", _BOT) is False
    assert doubt("", _APP) is False
    assert doubt("", _PERSON) is None
    assert doubt("", None) is None
    assert doubt("", _BOT.model_copy(update={"type": "User"})) is None


def test_without_a_signature_only_the_workflow_is_beyond_doubt(
    doubt: Callable[..., bool | None],
) -> None:
    """After a key's rotation another bot's comment is ours only if the session is."""
    assert doubt("", _BOT, is_signed=False) is False
    assert doubt("", _APP, is_signed=False) is True
    assert doubt("", _PERSON, is_signed=False) is None


@pytest.mark.parametrize("is_signed", [True, False])
def test_a_personal_token_speaks_for_its_person(
    doubt: Callable[..., bool | None], *, is_signed: bool
) -> None:
    """A receipt counts in that person's comments only, however the login is spelt."""
    assert doubt("OctoCat", _PERSON, is_signed=is_signed) is False
    assert doubt("hubot", _PERSON, is_signed=is_signed) is None
    assert doubt("octocat", _BOT, is_signed=is_signed) is None
    assert doubt("octocat", None, is_signed=is_signed) is None


def test_a_reference_is_16_hex_digits(seal: Seal) -> None:
    """The reference is as the session's last line has it, and always the same."""
    assert re.fullmatch("[0-9a-f]{16}", seal.reference("run 42"))
    assert seal.reference("run 42") == seal.reference("run 42")


def test_references_differ_by_all_that_a_session_is_for(seal: Seal) -> None:
    """Purpose, repository, spec and key each make another reference."""
    references = {
        seal.reference("run 42"),
        seal.reference("run 43"),
        seal.reference("pull-request 42"),
        Seal(_KEY, "1", ".harmonica/session.yml").reference("run 42"),
        Seal(_KEY, "1296269", "other.yml").reference("run 42"),
        Seal(SecretStr("other"), "1296269", ".harmonica/session.yml").reference("run 42"),
    }
    assert len(references) == 6


def test_the_key_shows_in_no_ours(seal: Seal, receipt: Receipt) -> None:
    """Neither the line nor the seal itself holds the key in the clear."""
    payload = seal.receipt_line(receipt, PLACE).split(" ")[4]
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
