"""Asker: passes requests to a worker that stays warm, and its replies to whoever asked; knows no screen."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from textual.message import Message
from textual.message_pump import MessagePump

from configs.errors import MonolineError
from studio.errors import WorkerError
from studio.worker import Worker

ENDS = ("done", "failed", "cancelled", "superseded")
"""Events after which nothing more comes for a request."""


@dataclass
class Asked:
    """A request on its way."""

    asker: MessagePump
    request: dict[str, Any]
    again: bool = False
    """True once the worker has died of it, or beside it, and it was asked a second time."""


class Asker(ABC):
    """Gives each request a number, which all messages about it carry.

    A worker that dies is started again, once for each request that it leaves unanswered. What is sent and what is
    made of a reply is for a kind of asker to say; replies come in the worker's thread.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self.worker = Worker(command, self._heard, self._lost)
        self.numbers = itertools.count(1)
        self.asked: dict[int, Asked] = {}

    @property
    def idle(self) -> bool:
        """True if nothing is on its way."""
        return not self.asked

    def pose(self, asker: MessagePump, fields: dict[str, Any]) -> int:
        """Send a request and return its number. A worker that can't be started is told like any other failure."""
        number = next(self.numbers)
        self.asked[number] = Asked(asker, {"id": number, **fields})
        self._send(self.asked[number].request)
        return number

    def forget(self, asker: MessagePump) -> None:
        """Tell this one nothing more."""
        for number, asked in tuple(self.asked.items()):
            if asked.asker is asker:
                self.asked.pop(number, None)

    def close(self) -> None:
        """End the worker."""
        self.asked.clear()
        self.worker.close()

    # what a kind of asker says

    def send(self, request: dict[str, Any]) -> None:
        """Pass a request on to the worker, with whatever has to go before it.

        Raises:
            WorkerError: the worker can't be started.
        """
        self.worker.send(request)

    def overhear(self, event: str, reply: dict[str, Any]) -> None:  # noqa: B027 - most kinds have no need to
        """Take note of a reply, whoever it is for; ``lost`` is the worker's death."""

    @abstractmethod
    def read(self, number: int, event: str, reply: dict[str, Any]) -> Message | None:
        """The message about a reply on the way; None where there is nothing to tell.

        Raises:
            KeyError, TypeError, ValueError, MonolineError: it can't be read.
        """

    @abstractmethod
    def ended(self, number: int, error: str, reply: dict[str, Any]) -> Message:
        """The last message about a request, with an error if it failed, and the reply if there was one."""

    # in the worker's thread, mostly

    def _send(self, request: dict[str, Any]) -> None:
        try:
            self.send(request)
        except WorkerError as error:
            self._end(request["id"], str(error))

    def _heard(self, reply: dict[str, Any]) -> None:
        number, event = int(reply.get("id") or 0), str(reply.get("event"))
        self.overhear(event, reply)
        if event in ENDS:
            self._end(number, str(reply.get("error", "it failed")) if event == "failed" else "", reply)
        elif (asked := self.asked.get(number)) is not None:
            try:
                if (message := self.read(number, event, reply)) is not None:
                    asked.asker.post_message(message)
            except (MonolineError, KeyError, TypeError, ValueError) as error:
                self._end(number, f"The worker sent what can't be read ({error}).")

    def _end(self, number: int, error: str, reply: dict[str, Any] | None = None) -> None:
        asked = self.asked.pop(number, None)
        if asked is not None:
            asked.asker.post_message(self.ended(number, error, reply or {}))

    def _lost(self, error: WorkerError) -> None:
        self.overhear("lost", {})
        for number, asked in tuple(self.asked.items()):
            if asked.again:
                self._end(number, str(error))
            else:
                asked.again = True
                self._send(asked.request)
