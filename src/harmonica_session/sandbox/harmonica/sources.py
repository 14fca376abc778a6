"""The context sources of the sandbox's Harmonica: what is taken, what is refused, how it is stored.

It must not know about keys, or which sessions anybody may see.
"""

from __future__ import annotations

import re
import uuid
from urllib.parse import urlsplit

from harmonica_session.sandbox.exchange import RefusedError, Request, Row
from harmonica_session.sandbox.harmonica import sessions as stored

_TYPES = ("text/markdown", "text/plain", "application/pdf")
_ENDINGS = (".md", ".markdown", ".txt", ".pdf")
_LARGEST_FILE = 4_000_000
_LONGEST_VERBATIM = 50_000
_PRIVATE_HOST = re.compile(r"localhost|127\.|10\.|192\.168\.|169\.254\.|\[?::1")
_SHOWN = ("id", "session_id", "source_type", "title", "position", "content_mode", "source_ref")


def shown(row: Row) -> Row:
    """Return a source as the API answers it; its content is in no answer."""
    return {name: row[name] for name in (*_SHOWN, "created_at")}


def number(row: Row, position: int, session_id: str, created_at: str) -> Row:
    """Return a source as it is stored: what was sent, and what the server adds."""
    own = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"source {session_id} {position}")),
        "session_id": session_id,
        "position": position,
        "created_at": created_at,
    }
    return {"source_ref": None, **row, **own}


def file_source(request: Request) -> Row:
    """Return the source that an upload makes.

    Raises:
        RefusedError: With 400 for a missing, empty or oversized file, or one of another type.
    """
    fields = _form(request)
    if "file" not in fields:
        raise stored.invalid("file is required")
    name, kind, content = fields["file"]
    if kind not in _TYPES or not name.lower().endswith(_ENDINGS):
        allowed = ", ".join(_ENDINGS)
        raise stored.invalid(
            f"Unsupported file type: {kind} (filename: {name}). Allowed: {allowed}"
        )
    if len(content) > _LARGEST_FILE:
        raise stored.invalid("File exceeds the limit of 4 MB")
    if not content.strip():
        raise stored.invalid("File is empty")
    if kind == "application/pdf" and not content.startswith(b"%PDF"):
        raise stored.invalid("The PDF has no text layer")
    title = fields["title"][2].decode() if "title" in fields else name
    mode = "verbatim" if len(content) <= _LONGEST_VERBATIM else "chunked"
    return {"source_type": "file", "title": title, "content_mode": mode, "content": content}


def url_source(request: Request) -> Row:
    """Return the source that a page makes; the page is not fetched.

    Raises:
        RefusedError: With 400 for an address that is none, or is not on the open web.
    """
    fields = stored.read_object(request.body)
    url = fields.get("url")
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        raise stored.invalid("url must be an http or https address")
    if _PRIVATE_HOST.match(urlsplit(url).netloc):
        raise stored.invalid("This host is not allowed")
    title = fields.get("title") or url
    return {"source_type": "url", "title": title, "content_mode": "verbatim", "source_ref": url}


def session_ref(request: Request) -> str:
    """Return the id of the session whose brief is to be attached.

    Raises:
        RefusedError: With 400 where none is named.
    """
    ident = stored.read_object(request.body).get("source_ref")
    if not isinstance(ident, str) or not ident:
        raise stored.invalid("source_ref is required")
    return ident


def session_source(source: Row) -> Row:
    """Return the source that another session makes.

    Raises:
        RefusedError: With 400 where its brief has not been generated.
    """
    if source["session_md"] is None:
        raise stored.invalid("The source session has no SESSION.md")
    row = {"source_type": "session", "title": source["topic"], "content_mode": "verbatim"}
    return {**row, "source_ref": source["id"], "content": source["session_md"].encode()}


def _form(request: Request) -> dict[str, tuple[str, str, bytes]]:
    """Return the fields of a multipart form: file name, type and content by the field's name."""
    boundary = re.search(r'boundary="?([^";]+)', request.headers.get("content-type", ""))
    if boundary is None:
        raise RefusedError(stored.error(400, "validation_error", "A multipart form is expected"))
    fields = {}
    for part in request.body.split(f"--{boundary[1]}".encode())[1:-1]:
        head, _, content = part.removesuffix(b"\r\n").partition(b"\r\n\r\n")
        header = head.decode("utf-8", "replace")
        name, file_name, kind = (
            found[1] if (found := re.search(pattern, header, re.IGNORECASE)) else ""
            for pattern in (r'\bname="([^"]*)"', r'\bfilename="([^"]*)"', r"content-type: (\S+)")
        )
        fields[name] = (file_name, kind, content)
    return fields
