"""Peer (b): create and comment in plain Python with the packages of the action, and no more.

It must not check, look up or repeat anything. It stands where the action has its command line, so
that the action's own launcher starts it from byte code in the very same way.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import httpx
import yaml
from actions_toolkit.command import issue
from actions_toolkit.file_command import issue_file_command, prepare_key_value_message
from pydantic import BaseModel


class Spec(BaseModel):
    """What is sent to Harmonica."""

    topic: str
    goal: str
    context: str | None = None
    critical: str | None = None
    questions: list[dict[str, Any]] | None = None


class Session(BaseModel):
    """What Harmonica answers."""

    id: str
    topic: str
    goal: str
    join_url: str


def main(argv: list[str] | None = None) -> int:
    """Create a session and post its link; the arguments do not matter."""
    del argv
    env = os.environ
    issue("add-mask", env["HARMONICA_API_KEY"])
    text = Path(env["GITHUB_WORKSPACE"], ".harmonica/session.yml").read_text("utf-8")
    spec = Spec.model_validate(yaml.load(text, yaml.CSafeLoader))
    # Reading the certificates takes time that a plain connection need not spend.
    is_plain = env["HARMONICA_API_URL"].startswith("http:")
    with httpx.Client(verify=not is_plain, timeout=60) as client:

        def post(token: str, url: str, content: dict[str, Any]) -> bytes:
            headers = {"Authorization": f"Bearer {token}"}
            return client.post(url, json=content, headers=headers).raise_for_status().content

        url = f"{env['HARMONICA_API_URL']}/api/v1/sessions"
        created = post(env["HARMONICA_API_KEY"], url, spec.model_dump(exclude_none=True))
        session = Session.model_validate_json(created)
        for name in ("join_url", "id", "topic"):
            key = "session_id" if name == "id" else name
            issue_file_command("OUTPUT", prepare_key_value_message(key, getattr(session, name)))
        link = f"### [Join the session]({session.join_url})"
        issue_file_command("STEP_SUMMARY", f"### {session.topic}\n\n{link}")
        body = f"## {session.topic}\n\n{link}\n\n**Goal:** {session.goal}"
        place = f"repos/{env['GITHUB_REPOSITORY']}/issues/{env['PR_NUMBER']}/comments"
        post(env["GITHUB_TOKEN"], f"{env['GITHUB_API_URL']}/{place}", {"body": body})
    return 0
