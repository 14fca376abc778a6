"""The stand-ins for both services as a process of their own, told what to be on standard input.

It must not be imported by the benchmark's own process, whose memory counts in what it measures.
"""

from __future__ import annotations

import json
import ssl
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import certifi
import trustme

from harmonica_session.sandbox import Sandbox
from harness.consumer import BASE, HEAD, pull_request_payload

NUMBER = 7


def prepared(scenario: dict[str, Any], folder: Path) -> Sandbox:
    """Return running stand-ins that hold what `StandIns.prepare` describes.

    Args:
        scenario: Its arguments.
        folder: Where certificates are.
    """
    sandbox = Sandbox()
    github = sandbox.github
    if scenario["tls"]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "server.pem")
        server = sandbox._server  # noqa: SLF001 - a socket that speaks TLS is all that differs
        server.socket = context.wrap_socket(server.socket, server_side=True)
        sandbox.harmonica_url = sandbox.harmonica_url.replace("http:", "https:")
        sandbox.github_url = sandbox.github_url.replace("http:", "https:")
    github.add_pull(NUMBER, head_sha=HEAD, base_sha=BASE)
    for number in range(scenario["comments"]):
        github.add_comment(NUMBER, f"Comment {number}: looks good to me, but for one line.")
    for number in range(scenario["merged"]):
        moment = sandbox.harmonica.timestamp(ago=60.0 * number)
        title = f"Change {number}"
        github.add_pull(1000 + number, state="closed", merged_at=moment, title=title)
    sandbox.latency = scenario["latency"]
    return sandbox.start()


def certify(folder: Path) -> None:
    """Write a certificate for this machine, its authority, and all that a client is to trust.

    All usual authorities are among them, since reading them is what takes a client its time.
    """
    authority = trustme.CA()
    # macOS takes none that is valid for more than 825 days.
    end = datetime.now(timezone.utc) + timedelta(days=30)
    certificate = authority.issue_cert(
        "127.0.0.1", not_before=end - timedelta(days=60), not_after=end
    )
    certificate.private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    trusted = Path(certifi.where()).read_bytes() + authority.cert_pem.bytes()
    (folder / "authorities.pem").write_bytes(trusted)


def whereabouts(sandbox: Sandbox, folder: Path) -> dict[str, Any]:
    """Return what a step needs to reach the stand-ins."""
    return {
        "harmonica_url": sandbox.harmonica_url,
        "github_url": sandbox.github_url,
        "api_key": sandbox.api_key,
        "github_token": sandbox.github_token,
        "authority": str(folder / "authority.pem"),
        "authorities": str(folder / "authorities.pem"),
        "number": NUMBER,
        "head": HEAD,
        "event": pull_request_payload(),
    }


def told(sandbox: Sandbox) -> dict[str, int]:
    """Return how often the stand-ins have been asked, and what they have now."""
    return {
        "requests": len(sandbox.requests),
        "sessions": len(sandbox.harmonica.sessions),
        "comments": len(sandbox.github.comments),
    }


def main() -> None:
    """Answer each line with a line: null tells, a scenario begins anew."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        certify(folder)
        sandbox = Sandbox().start()
        for line in sys.stdin:
            scenario = json.loads(line)
            if scenario is not None:
                sandbox.close()
                sandbox = prepared(scenario, folder)
            answer = told(sandbox) if scenario is None else whereabouts(sandbox, folder)
            sys.stdout.write(f"{json.dumps(answer)}\n")
            sys.stdout.flush()
        sandbox.close()


if __name__ == "__main__":
    main()
