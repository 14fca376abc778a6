"""How the sandbox's Harmonica lists, shows and changes sessions, and its lists of names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

    from harmonica_session.sandbox import Sandbox


def _topics(answer: httpx.Response) -> list[str]:
    return [item["topic"] for item in answer.json()["data"]]


def test_list_is_abbreviated(box: Sandbox, harmonica: httpx.Client) -> None:
    """The list shows neither texts nor join link."""
    box.harmonica.add_session(context="c", critical="k")
    (item,) = harmonica.get("/sessions").json()["data"]
    assert set(item) == {
        *("id", "topic", "goal", "status", "participant_count", "created_at", "updated_at")
    }


def test_list_is_newest_first(box: Sandbox, harmonica: httpx.Client) -> None:
    """Order is by `updated_at`, and by age where that is equal."""
    for topic, moment in (("b", "2026-02-02"), ("c", "2026-02-02"), ("a", "2026-01-01")):
        box.harmonica.add_session(topic, created_at=f"{moment}T00:00:00.000Z")
    assert _topics(harmonica.get("/sessions")) == ["c", "b", "a"]


def test_list_has_pages(box: Sandbox, harmonica: httpx.Client) -> None:
    """`limit` and `offset` cut a page out, 20 long unless told otherwise."""
    for number in range(25):
        box.harmonica.add_session(f"t{number}")
    assert len(_topics(harmonica.get("/sessions"))) == 20
    page = harmonica.get("/sessions", params={"limit": 10, "offset": 20})
    assert _topics(page) == ["t4", "t3", "t2", "t1", "t0"]
    assert page.json()["pagination"] == {"total": 25, "limit": 10, "offset": 20}


def test_limit_is_at_most_100(box: Sandbox, harmonica: httpx.Client) -> None:
    """A larger limit counts as 100."""
    for _ in range(101):
        box.harmonica.add_session()
    assert len(_topics(harmonica.get("/sessions", params={"limit": 1000}))) == 100


def test_limit_that_is_no_number_crashes(harmonica: httpx.Client) -> None:
    """A non-numeric limit is a bare 500."""
    assert harmonica.get("/sessions", params={"limit": "all"}).status_code == 500


def test_list_filters_by_status(box: Sandbox, harmonica: httpx.Client) -> None:
    """Only sessions of the status asked for are listed."""
    box.harmonica.add_session("open")
    box.harmonica.add_session("over", status="completed")
    assert _topics(harmonica.get("/sessions", params={"status": "completed"})) == ["over"]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("LUNCH", {"Lunch at 100%", "lunch_break"}),
        ("ship", {"Plan"}),
        ("h_b", {"lunch_break"}),
        ("l%t", {"Lunch at 100%"}),
        (r"100\%", {"Lunch at 100%"}),
        (r"h\_b", {"lunch_break"}),
        (r"\_", {"lunch_break"}),
        ("Lunch 100", set()),
        (r"back\\slash", {r"back\slash"}),
    ],
)
def test_search_is_sql_like(box: Sandbox, harmonica: httpx.Client, q: str, found: set[str]) -> None:
    """`q` is one piece of topic or goal, whatever the case, with SQL's wildcards and escapes."""
    for topic in ("Lunch at 100%", "lunch_break", r"back\slash"):
        box.harmonica.add_session(topic, "eat")
    box.harmonica.add_session("Plan", "Ship it")
    assert set(_topics(harmonica.get("/sessions", params={"q": q}))) == found


def test_long_search_is_refused(harmonica: httpx.Client) -> None:
    """A very long address answers 431."""
    assert harmonica.get("/sessions", params={"q": "x" * 15_000}).status_code == 431


def test_new_session_may_be_listed_late(box: Sandbox, harmonica: httpx.Client) -> None:
    """An empty list is no proof: permissions arrive later."""
    box.harmonica.unlisted_reads = 1
    harmonica.post("/sessions", json={"topic": "t", "goal": "g"})
    assert _topics(harmonica.get("/sessions")) == []
    assert _topics(harmonica.get("/sessions")) == ["t"]


def test_session_is_shown_in_full_without_link(box: Sandbox, harmonica: httpx.Client) -> None:
    """The session's own route shows its texts and no join link."""
    row = box.harmonica.add_session("t", "g", context="c", critical="k", prompt="p")
    session = harmonica.get(f"/sessions/{row['id']}").json()
    assert (session["context"], session["critical"], session["prompt"]) == ("c", "k", "p")
    assert session["summary"] is session["session_md"] is None
    assert "join_url" not in session


def test_patch_changes_known_fields_as_they_are(box: Sandbox, harmonica: httpx.Client) -> None:
    """Known fields are stored untrimmed, unknown ones ignored, `updated_at` left alone."""
    row = box.harmonica.add_session("old")
    moved = row["updated_at"]
    sent: dict[str, Any] = {
        "topic": " new ",
        "project_id": None,
        "prompt_summary": "s",
        "roster": [],
    }
    answer = harmonica.patch(f"/sessions/{row['id']}", json=sent)
    assert answer.status_code == 200
    assert answer.json()["topic"] == " new "
    assert (row["prompt_summary"], row["updated_at"]) == ("s", moved)
    assert "roster" not in row


def test_patch_accepts_a_blank_topic(box: Sandbox, harmonica: httpx.Client) -> None:
    """A topic can be blanked afterwards."""
    row = box.harmonica.add_session()
    assert harmonica.patch(f"/sessions/{row['id']}", json={"topic": " "}).status_code == 200
    assert row["topic"] == " "


@pytest.mark.parametrize(
    ("sent", "status"),
    [({}, 400), ({"colour": "red"}, 400), ({"topic": 5}, 500), ({"goal": None}, 500), ([], 500)],
)
def test_bad_patch_is_refused(
    box: Sandbox, harmonica: httpx.Client, sent: dict[str, Any] | list[Any], status: int
) -> None:
    """No known field is a 400, a wrong type a 500; nothing changes."""
    row = box.harmonica.add_session("kept", "kept")
    assert harmonica.patch(f"/sessions/{row['id']}", json=sent).status_code == status
    assert (row["topic"], row["goal"]) == ("kept", "kept")


def test_patched_questions_are_numbered(box: Sandbox, harmonica: httpx.Client) -> None:
    """Questions set by PATCH are shown like those of a create."""
    row = box.harmonica.add_session(questions=[{"text": "Old"}])
    harmonica.patch(f"/sessions/{row['id']}", json={"questions": [{"text": "New"}]})
    data = harmonica.get(f"/sessions/{row['id']}/questions").json()["data"]
    assert data == [{"id": "1", "text": "New", "position": 0}]


def test_brief_is_missing_until_generated(box: Sandbox, harmonica: httpx.Client) -> None:
    """The brief answers 404 first, then plain markdown."""
    row = box.harmonica.add_session()
    assert harmonica.get(f"/sessions/{row['id']}/session-md").status_code == 404
    row["session_md"] = "# A topic\n"
    answer = harmonica.get(f"/sessions/{row['id']}/session-md")
    assert answer.text == "# A topic\n"
    assert answer.headers["content-type"].startswith("text/markdown")


def test_recompose_proposes_only(box: Sandbox, harmonica: httpx.Client) -> None:
    """A recomposed prompt speaks of the new texts and is not stored."""
    row = box.harmonica.add_session("old", "g")
    harmonica.patch(f"/sessions/{row['id']}", json={"topic": "new"})
    before = row["prompt"]
    proposal = harmonica.post(f"/sessions/{row['id']}/regenerate-facilitation-prompt").json()
    assert "new" in proposal["facilitation_prompt"]
    assert proposal["prompt_generated_from"] == {
        "topic": "new",
        "goal": "g",
        "critical": "",
        "context": "",
    }
    assert row["prompt"] == before


def test_recomposed_prompt_can_be_saved(box: Sandbox, harmonica: httpx.Client) -> None:
    """A PATCH with the three fields of a proposal stores it."""
    row = box.harmonica.add_session()
    proposal = harmonica.post(f"/sessions/{row['id']}/regenerate-facilitation-prompt").json()
    sent = {
        "prompt": "better",
        "prompt_summary": proposal["prompt_summary"],
        "prompt_generated_from": proposal["prompt_generated_from"],
    }
    assert harmonica.patch(f"/sessions/{row['id']}", json=sent).json()["prompt"] == "better"
    assert row["prompt_generated_from"] == proposal["prompt_generated_from"]


def test_names_are_listed(box: Sandbox, harmonica: httpx.Client) -> None:
    """Templates and Telegram groups come whole, projects in pages."""
    box.harmonica.templates.append({"id": "t", "title": "T", "template_type": "single"})
    box.harmonica.telegram_groups.append({"group_id": "-1", "group_name": "G"})
    box.harmonica.projects.extend({"id": str(n), "title": "P"} for n in range(3))
    assert harmonica.get("/templates").json() == {"data": box.harmonica.templates}
    assert harmonica.get("/integrations/telegram/groups").json()["data"][0]["group_id"] == "-1"
    page = harmonica.get("/projects", params={"limit": 2, "offset": 2}).json()
    assert [project["id"] for project in page["data"]] == ["2"]
    assert page["pagination"]["total"] == 3


def test_me_describes_the_user(box: Sandbox, harmonica: httpx.Client) -> None:
    """`/me` names the user and never shows the key in use."""
    answer = harmonica.get("/me")
    assert set(answer.json()) == {"id", "email", "name", "subscription_status", "api_key"}
    assert box.api_key not in answer.text


def test_everybody_who_has_written_is_listed(box: Sandbox, harmonica: httpx.Client) -> None:
    """From the first message on, excluded or not, which the number of participants leaves out."""
    row = box.harmonica.add_session()
    box.harmonica.add_participant(row, "Hello", name="Ada")
    box.harmonica.add_participant(row, "One", "Two", "Three", is_excluded=True)
    path = f"/sessions/{row['id']}"
    assert harmonica.get(path).json()["participant_count"] == 0
    listed = harmonica.get(f"{path}/responses", params={"mode": "list"}).json()["data"]
    assert [it["message_count"] for it in listed] == [2, 4]
    assert [it["participant_name"] for it in listed] == ["Ada", None]
    assert "messages" not in listed[0]
    box.harmonica.add_participant(row, "One", "Two", "Three")
    assert harmonica.get(path).json()["participant_count"] == 1


def test_an_older_server_answers_whole_transcripts(box: Sandbox, harmonica: httpx.Client) -> None:
    """Whatever the query says, for it does not know that there is a short form."""
    box.harmonica.knows_lists = False
    row = box.harmonica.add_session()
    box.harmonica.add_participant(row, "My secret")
    path = f"/sessions/{row['id']}/responses?mode=list"
    [person] = harmonica.get(path).json()["data"]
    said = [(it["role"], it["content"]) for it in person["messages"]]
    assert said == [("assistant", "Welcome!"), ("user", "My secret")]


def test_a_route_can_be_missing(box: Sandbox, harmonica: httpx.Client) -> None:
    """It answers a page; to a form, which the framework takes for its own, a 500."""
    box.harmonica.lacks = {"context-sources", "templates"}
    path = f"/sessions/{box.harmonica.add_session()['id']}/context-sources"
    for answer in (harmonica.get("/templates"), harmonica.get(path), harmonica.post(f"{path}/url")):
        assert (answer.status_code, "<html>" in answer.text) == (404, True)
    answer = harmonica.post(f"{path}/file", files={"file": ("a.md", b"A", "text/markdown")})
    assert answer.status_code == 500
    assert box.harmonica.context_sources == []


def test_fields_can_be_unknown(box: Sandbox, harmonica: httpx.Client) -> None:
    """Beside known ones they are left out without a word, alone they are refused."""
    box.harmonica.ignores = {"project_id", "results_visibility"}
    box.harmonica.tells = {"results_visibility"}
    sent = {"topic": "t", "goal": "g", "results_visibility": "public", "project_id": "p"}
    made = harmonica.post("/sessions", json=sent).json()
    assert made["results_visibility"] == "host"
    path = f"/sessions/{made['id']}"
    changed = harmonica.patch(path, json={"goal": "new", "project_id": "q"})
    assert (changed.status_code, changed.json()["goal"]) == (200, "new")
    assert box.harmonica.sessions[0]["project_id"] is None
    assert harmonica.patch(path, json={"project_id": "q"}).status_code == 400


def test_some_fields_are_taken_by_a_patch_alone(box: Sandbox, harmonica: httpx.Client) -> None:
    """A create leaves them out."""
    sent = {"topic": "t", "goal": "g", "welcome_message": "Hello", "summary_prompt": "Be brief."}
    made = harmonica.post("/sessions", json=sent).json()
    [row] = box.harmonica.sessions
    assert "welcome_message" not in row
    assert harmonica.patch(f"/sessions/{made['id']}", json=sent).status_code == 200
    assert (row["welcome_message"], row["summary_prompt"]) == ("Hello", "Be brief.")
