"""Stand-ins for Harmonica and GitHub on a loopback port, for `try` and for the tests.

It must not be imported by the action itself, nor import anything else of this package.
"""

from harmonica_session.sandbox.exchange import Answer, Request
from harmonica_session.sandbox.faults import Fault
from harmonica_session.sandbox.github.files import Link, Submodule
from harmonica_session.sandbox.server import Sandbox

__all__ = ["Answer", "Fault", "Link", "Request", "Sandbox", "Submodule"]
