"""The tests' end of the line to `server.py`: one request is one message, and messages are counted.

A message stands for what is one access to Excel for those who write for it: a value read, a property set, a method
called. Handles (a book, a sheet by its title, a range by its address) cost nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from conversation import Conversation

SERVER = Path(__file__).resolve().parent / "server.py"


class ApplicationError(Exception):
    """The application refuses a request, as Excel raises a COM error."""


class InjectedError(ApplicationError):
    """The application fails because a test wants it to."""


class Line:
    """A LibreOffice of its own, in the locale of `language`, with `folder` as its profile; it ends with `close`.

    `calls` are the requests so far. With `breaks_at` ("values", 2), the second request from then on for values fails,
    once, unheard; afterwards it is None again.
    """

    def __init__(self, folder: Path, language: str) -> None:
        self._conversation = Conversation(SERVER, folder, language, ApplicationError)
        self.pid = self._conversation.pid
        self.calls: list[str] = []
        self.breaks_at: tuple[str, int] | None = None

    def ask(self, what: str, *arguments: Any) -> Any:
        """The answer to a request of `server.Application`; what it refuses is an `ApplicationError`."""
        self.calls.append(what)
        if self.breaks_at is not None and self.breaks_at[0] == what:
            left = self.breaks_at[1] - 1
            self.breaks_at = (what, left) if left else None
            if not left:
                raise InjectedError(what)
        return self._conversation.ask(what, *arguments)

    def close(self) -> None:
        """End LibreOffice."""
        self._conversation.close()
