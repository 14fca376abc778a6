"""The action's inputs, as `action.yml` maps them to the environment, with their defaults.

This module must not read the environment itself, nor know what an input leads to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar, cast, get_args

from pydantic import SecretStr

from harmonica_session.errors import InputError, clip
from harmonica_session.text.addresses import checked_api_url, session_id_in
from harmonica_session.text.secrecy import SHORTEST_SECRET

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harmonica_session.event import Event

Announce: TypeAlias = Literal["auto", "pull-request", "issue", "off"]
Command: TypeAlias = Literal["create", "validate", "results"]
OncePer: TypeAlias = Literal["auto", "pull-request", "run", "topic", "off"]
OnChange: TypeAlias = Literal["update", "keep", "new"]
Generate: TypeAlias = Literal["auto", "never", "always"]
Actions: TypeAlias = Literal["off", "list", "issues"]

# The defaults of action.yml once more: an input that is given but empty means its default.
DEFAULTS = {
    "command": "create",
    "api-key": "",
    "previous-api-key": "",
    "spec": "",
    "session-md": "SESSION.md",
    "ref": "",
    "vars": "",
    "announce": "auto",
    "pr-number": "",
    "once-per": "auto",
    "on-change": "update",
    "dry-run": "false",
    "labels": "",
    "assignees": "",
    "session": "",
    "write-session-md": "",
    "generate-summary": "auto",
    "close": "true",
    "actions": "list",
    "results-file": "",
    "publish": "false",
    "api-url": "https://app.harmonica.chat",
    "timeout": "180",
}
DEFAULT_SPEC = ".harmonica/session.yml"
"""What `create` and `validate` take where no spec is named."""
_SECRETS = ("api-key", "previous-api-key", "github-token")
_T = TypeVar("_T")
MAX_TIMEOUT = 21_600
_BOOLEANS = {
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip


@dataclass(frozen=True)
class Inputs:
    """What the user asked for.

    Attributes:
        command: What to do.
        api_key: Harmonica API key, None when it is empty.
        previous_api_key: The key that it has replaced, None when it is empty; never sent anywhere.
        spec: Path of the spec under the workspace; of several, each in a line of its own.
        session_md: Path of the background file, None when it is turned off.
        ref: Branch, tag or commit to read files from, None to let the event decide.
        variables: The values of the input `vars`, by their names.
        announce: Where the link is posted.
        pr_number: Pull request or issue to post on, None to let the event decide.
        once_per: What there is at most one session for.
        on_change: What becomes of the session when the request is another one now.
        dry_run: Whether to write nothing.
        labels: Further labels of an issue that announces a session.
        assignees: Who is assigned to it, by their logins.
        session: The session whose results are asked for, empty for all that were announced.
        write_session_md: Path of the file that the brief is written to, empty for none.
        generate_summary: When Harmonica is to write a summary.
        close: Whether the issue of a round that is over is closed.
        actions: What becomes of the actions that a session has agreed on.
        results_file: Path of the file that results are written to as JSON, empty for none.
        publish: Whether results are shown whatever was asked for.
        is_spec_given: Whether the input `spec` names any.
        api_url: Base address of Harmonica, without `/api/v1`.
        github_token: Token for the comment, None when it is empty.
        timeout: Seconds for everything.
    """

    command: Command
    api_key: SecretStr | None
    previous_api_key: SecretStr | None
    spec: str
    session_md: str | None
    ref: str | None
    variables: Mapping[str, str]
    announce: Announce
    pr_number: int | None
    once_per: OncePer
    on_change: OnChange
    dry_run: bool
    labels: tuple[str, ...]
    assignees: tuple[str, ...]
    session: str
    write_session_md: str
    generate_summary: Generate
    close: bool
    actions: Actions
    results_file: str
    publish: bool
    is_spec_given: bool
    api_url: str
    github_token: SecretStr | None
    timeout: float

    @property
    def speaks_for_app(self) -> bool:
        """Whether the token is a workflow's or App's, which cannot ask for its own account."""
        token = self.github_token
        return token is not None and token.get_secret_value().startswith("ghs_")

    @property
    def secret_texts(self) -> list[str]:
        """The secrets of this run that are long enough to be told from an ordinary word."""
        secrets = (self.api_key, self.previous_api_key, self.github_token)
        given = [secret for secret in secrets if secret]
        return [s.get_secret_value() for s in given if len(s) >= SHORTEST_SECRET]


def read_inputs(env: Mapping[str, str]) -> Inputs:
    """Read the inputs from `INPUT_…` variables.

    Args:
        env: The environment; `action.yml` maps each input to `INPUT_` and its name in capitals.

    Raises:
        InputError: With all unusable inputs at once.
    """
    reader = _Reader(env)
    inputs = Inputs(
        command=cast("Command", reader.one_of("command", get_args(Command))),
        api_key=reader.secret("api-key"),
        previous_api_key=reader.secret("previous-api-key"),
        spec=reader.text("spec") or DEFAULT_SPEC,
        session_md=_session_md(env),
        ref=reader.parsed("ref", _ref),
        variables=reader.parsed("vars", _variables) or {},
        announce=cast("Announce", reader.one_of("announce", get_args(Announce))),
        pr_number=reader.parsed("pr-number", _number),
        once_per=cast("OncePer", reader.one_of("once-per", get_args(OncePer))),
        on_change=cast("OnChange", reader.one_of("on-change", get_args(OnChange))),
        dry_run=reader.parsed("dry-run", _boolean) or False,
        labels=reader.parsed("labels", _names) or (),
        assignees=reader.parsed("assignees", _names) or (),
        session=reader.parsed("session", session_id_in) or "",
        write_session_md=reader.text("write-session-md"),
        generate_summary=cast("Generate", reader.one_of("generate-summary", get_args(Generate))),
        close=reader.parsed("close", _boolean) or False,
        actions=cast("Actions", reader.one_of("actions", get_args(Actions))),
        results_file=reader.text("results-file"),
        publish=reader.parsed("publish", _boolean) or False,
        is_spec_given=bool(reader.text("spec")),
        api_url=reader.parsed("api-url", checked_api_url) or "",
        github_token=reader.secret("github-token"),
        timeout=reader.parsed("timeout", _seconds) or 0,
    )
    if reader.problems:
        raise InputError(*reader.problems)
    return inputs


def reason_to_skip(inputs: Inputs, event: Event) -> str:
    """Return why GitHub withholds the key from this run, empty when nothing is to be skipped."""
    return "" if inputs.api_key or inputs.dry_run else event.lacks_secrets


def require_key(inputs: Inputs, event: Event) -> None:
    """Raise `InputError` when there is no key and one is needed."""
    if inputs.api_key or inputs.dry_run:
        return
    if not event.repository:
        raise InputError(
            "HARMONICA_API_KEY is not set; create an API key in your Harmonica account "
            "settings and set the variable to it"
        )
    raise InputError(
        "`api-key` is empty: add a repository secret HARMONICA_API_KEY and pass it as "
        "`api-key: ${{ secrets.HARMONICA_API_KEY }}`; common causes are a misspelled "
        "secret name, a secret that belongs to an environment that the job does not "
        "use, and a reusable workflow called without `secrets: inherit`"
    )


def secrets_in(env: Mapping[str, str]) -> list[SecretStr]:
    """Return the secrets among the inputs, so that they can be masked before anything is said."""
    values = [env.get(variable(name), "").strip() for name in _SECRETS]
    return [SecretStr(value) for value in values if value]


def variable(name: str) -> str:
    """Return the environment variable that carries an input."""
    return f"INPUT_{name.upper().replace('-', '_')}"


def _session_md(env: Mapping[str, str]) -> str | None:
    # The one input for which empty has a meaning of its own: no background file.
    return env.get(variable("session-md"), DEFAULTS["session-md"]).strip() or None


class _Reader:
    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.problems: list[str] = []

    def text(self, name: str) -> str:
        return self.env.get(variable(name), "").strip() or DEFAULTS.get(name, "")

    def secret(self, name: str) -> SecretStr | None:
        value = self.text(name)
        if value and not re.fullmatch(r"[!-~]+", value):
            from harmonica_session.text.lookalikes import found_in, holds

            found = found_in(value)
            what = "contains a space or another character that cannot be part of a key"
            what = holds(value, found[0]) if found else what
            self.problems.append(f"`{name}` {what}; copy it again")
        return SecretStr(value) if value else None

    def one_of(self, name: str, values: tuple[str, ...]) -> str:
        value = self.text(name)
        if value not in values and not self.is_disguised(name, value, values.__contains__):
            listed = ", ".join(f"`{known}`" for known in values)
            from harmonica_session.text.likeness import nearest

            near = "".join(f"; did you mean `{one}`?" for one in nearest(value, values))
            self.problems.append(
                f"`{name}` must be one of {listed}, but it is `{clip(value)}`{near}"
            )
        return value

    def parsed(self, name: str, parse: Callable[[str], _T]) -> _T | None:
        value = self.text(name)
        if not value:
            return None
        try:
            return parse(value)
        except ValueError as error:
            if not self.is_disguised(name, value, partial(_is_parsed, parse)):
                self.problems.append(f"`{name}` {error}")
            return None

    def is_disguised(self, name: str, value: str, is_accepted: Callable[[str], bool]) -> bool:
        """Say whether a value would do if it were what it looks like, and report it if so."""
        from harmonica_session.text.lookalikes import AROUND, culprit, holds, remedy_in

        at = culprit(value, lambda text: is_accepted(text.strip(AROUND)))
        if at is not None:
            self.problems.append(f"`{name}` {holds(value, at)}; {remedy_in(value, at)}")
        return at is not None


def _is_parsed(parse: Callable[[str], object], value: str) -> bool:
    try:
        parse(value)
    except ValueError:
        return False
    return True


def _variables(value: str) -> dict[str, str]:
    # Few runs set any.
    from harmonica_session.text.variables import variables_in

    return variables_in(value)


def _names(value: str) -> tuple[str, ...]:
    """Return the names of a list: one on each line, or several with commas between them."""
    names = (name.strip() for line in value.split("\n") for name in line.split(","))
    return tuple(dict.fromkeys(name for name in names if name))


def _number(value: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,17}", value):
        raise ValueError(
            f"must be the number of a pull request or issue, but it is `{clip(value)}`"
        )
    return int(value)


def _ref(value: str) -> str:
    # Git's own rules for names, as far as they keep a name from being taken for something else.
    # Source: git-check-ref-format.
    if not re.fullmatch(r"(?![/.-])(?!.*(\.\.|@\{))[^\x00-\x20\x7f~^:?*\[\\]{1,255}", value):
        raise ValueError(f"must be a branch, a tag or a commit, but it is `{clip(value)}`")
    return value


def _boolean(value: str) -> bool:
    if value not in _BOOLEANS:
        raise ValueError(f"must be `true` or `false`, but it is `{clip(value)}`")
    return _BOOLEANS[value]


def _seconds(value: str) -> float:
    if not re.fullmatch(r"[0-9]{1,5}", value) or not 1 <= int(value) <= MAX_TIMEOUT:
        raise ValueError(
            f"must be a whole number of seconds from 1 to {MAX_TIMEOUT}, but it is `{clip(value)}`"
        )
    return float(value)
