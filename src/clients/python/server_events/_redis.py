"""A client of Redis with the standard library alone: by a URL, or after the pattern of redis-py."""

import asyncio
import logging
import re
import ssl
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import suppress
from math import inf
from time import monotonic
from typing import Any
from urllib.parse import unquote, urlparse

from ._wire import InvalidInput

LOG = logging.getLogger("server_events")
PASSING = b"BUSY", b"CLUSTERDOWN", b"MISCONF", b"NOREPLICAS", b"OOM", b"TRYAGAIN", b"ERR max number"
PATIENCE = 5  # so many seconds Redis may take to answer
Command = Sequence[str | bytes | int]
Action = Callable[..., Awaitable[Any]]
URL = r"rediss?://([^/?#]*:[^/?#]+@)?(\[[\da-fA-F:.]+\]|[^:/?#@,\s]*)(:\d{1,5})?(/\d*)?"
_tasks: set[asyncio.Future[Any]] = set()
_warned = -inf  # when something was logged last that is tried again


def spawn(action: Awaitable[Any]) -> asyncio.Future[Any]:
    """Starts something that nobody needs to await."""
    task = asyncio.ensure_future(action, loop=asyncio.get_running_loop())
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    return task


class Unavailable(ConnectionError):
    """Redis is away, or refuses what it is asked for."""


class Refused(Unavailable):
    """Redis refuses what it is asked for."""


class Closed(Unavailable):
    """The client is closed."""


class Away(Unavailable):
    """Redis is away, so that it is not known whether it has done what it was asked for."""


class Passing(Unavailable):
    """Redis says that it will do later what it refuses now."""


async def pause(cause: Exception) -> None:
    """Waits before something is tried again, and says why, but not often while it lasts."""
    global _warned
    if monotonic() - _warned > 10:
        LOG.warning("Server Events tries again: %s", cause)
        _warned = monotonic()
    await asyncio.sleep(0.1)


async def insist(whose: Any, action: Action, *args: Any, refusals: Any = (Away, Passing)) -> Any:
    """Does something until Redis has done it, or who needs it is gone; fails if it is refused."""
    while not (whose and whose.gone):
        try:
            return await action(*args)
        except refusals as cause:
            await pause(cause)


def check(redis: Any) -> Any:
    """Gives what says where Redis is if it is right; an error does not tell a password."""
    is_url = isinstance(redis, str) and re.fullmatch(URL, redis)
    if not is_url and not (hasattr(redis, "connection_pool") and hasattr(redis, "__aenter__")):
        raise InvalidInput("redis must be a client of redis.asyncio, or a URL such as "
                           "redis://user:password@host:port/database, without anything else")
    return redis


def pack(command: Command) -> bytes:
    words = [word if isinstance(word, bytes) else str(word).encode() for word in command]
    parts = [b"$%d\r\n%b\r\n" % (len(word), word) for word in words]
    return b"*%d\r\n%b" % (len(words), b"".join(parts))


async def read(reader: asyncio.StreamReader) -> Any:
    """Reads an answer by the protocol RESP 2; an error is an exception that is not raised."""
    line = await reader.readuntil(b"\r\n")
    kind, value = line[:1], line[1:-2]
    if kind == b"-":
        text = value.decode(errors="replace")
        if value.startswith((b"READONLY", b"LOADING", b"MASTERDOWN")):
            raise ConnectionError(text)
        return (Passing if value.startswith(PASSING) else Refused)(f"Redis: {text}")
    if kind == b"+" or value == b"-1":
        return value if kind == b"+" else None
    if kind == b"$":
        return (await reader.readexactly(int(value) + 2))[:-2]
    return int(value) if kind == b":" else [await read(reader) for _ in range(int(value))]


def unavailable(cause: Exception, is_granted: bool) -> Unavailable:
    """Why there is no connection; where there has been one, there will be one again."""
    kinds = {each.__name__ for each in type(cause).__mro__}
    is_refused = kinds & {"Refused", "AuthenticationError", "ResponseError"}  # two of redis-py
    text = str(cause).removeprefix("Redis: ") if is_refused else repr(cause)
    return (Refused if is_refused and not is_granted else Away)(f"Redis: {text}")


class Redis:
    """A connection that is made again when it fails or is silent, and hears the same channels."""

    def __init__(self, redis: Any) -> None:
        self.redis = check(redis)
        self.since = inf  # when the connection was made, if there is one
        self._cause: Unavailable = Away("Redis: it does not answer")
        self._settled = asyncio.Event()  # there is a connection, or none can be had
        self._had = False  # there has been one
        self._writer: Any = None
        self._answers = deque[asyncio.Future[Any]]()  # that are awaited
        self._heard = defaultdict[str, set[asyncio.Queue[Any]]](set)
        self._hears = False  # or has heard
        self._tasks = spawn(self._live()), spawn(self._ping())

    async def _open(self) -> Any:
        if not isinstance(self.redis, str):  # redis-py knows Sentinels, sockets and credentials
            pool = self.redis.connection_pool
            self._own = pool.connection_class(**pool.connection_kwargs | {"retry": None})
            self._own.protocol = 2  # whatever its version of redis-py begins with
            await self._own.connect()
            self._writer = self._own._writer
            return self._own._reader
        url = urlparse(self.redis)
        secure = ssl.create_default_context() if url.scheme == "rediss" else None
        where = url.hostname or "localhost", url.port or 6379
        reader, self._writer = await asyncio.open_connection(*where, ssl=secure)
        words = [unquote(word) for word in (url.username, url.password) if word]
        for command in ["AUTH", *words], ["SELECT", *url.path.strip("/").split()]:
            if len(command) > 1:
                self._writer.write(pack(command))
                if isinstance(refusal := await read(reader), Unavailable):
                    raise refusal
        return reader

    async def _live(self) -> None:
        while True:
            try:
                async with asyncio.timeout(PATIENCE) as patience:
                    reader = await self._open()
                    self._had, self.since = True, monotonic()
                    self._settled.set()
                    while True:
                        self._take(await read(reader))
                        patience.reschedule(asyncio.get_running_loop().time() + PATIENCE)
            except Exception as cause:
                self._lose(unavailable(cause, self._had))
                await asyncio.sleep(0.1)

    async def _ping(self) -> None:
        """Has Redis say something when nothing else does."""
        while True:
            await asyncio.sleep(PATIENCE / 10)
            self._post("PING")

    def _take(self, answer: Any) -> None:
        if self._hears and isinstance(answer, list) and answer[:1] == [b"message"]:
            for heard in self._heard.get(answer[1].decode(), ()):
                heard.put_nowait(answer[2])
        elif not (waiting := self._answers.popleft()).done():
            if isinstance(answer, Unavailable):
                waiting.set_exception(answer)
            else:
                waiting.set_result(answer)

    def _lose(self, cause: Unavailable) -> None:
        if self._writer:
            self._writer.transport.abort()
        if self.since < inf or isinstance(cause, Closed):
            for heard in [each for queues in self._heard.values() for each in queues]:
                heard.put_nowait(None)
        self.since, self._cause = inf, cause
        if isinstance(cause, Refused | Closed):  # nobody needs to wait for it
            self._settled.set()
        else:
            self._settled.clear()
        while self._answers:
            self._take(type(cause)(*cause.args))  # as the answer to each

    def _write(self, *commands: Command) -> list[asyncio.Future[Any]]:
        """Sends commands at once; gives their answers."""
        self._writer.write(b"".join(map(pack, commands)))
        answers = [asyncio.get_running_loop().create_future() for _ in commands]
        self._answers.extend(answers)
        return answers

    def _post(self, *command: str) -> None:
        """Sends something of which nobody needs the answer."""
        if self.since < inf:
            self._write(command)[0].cancel()

    async def _batch(self, *commands: Command) -> list[Any]:
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._settled.wait()
        if self.since == inf:
            raise type(self._cause)(*self._cause.args)
        return await asyncio.gather(*self._write(*commands))

    async def send(self, *command: str | bytes | int) -> Any:
        return (await self._batch(command))[0]

    async def transaction(self, *commands: Command) -> Any:
        return (await self._batch(["MULTI"], *commands, ["EXEC"]))[-1]

    async def hear(self, channel: str, heard: Any = None) -> AsyncGenerator[Any, None]:
        """Gives what comes on a channel, and None each time that Redis has confirmed."""
        heard = heard or asyncio.Queue()
        heard.put_nowait(None)
        refusals: Any = (Away, Passing)
        self._hears = True
        self._heard[channel].add(heard)
        try:
            while True:
                payload = await heard.get()
                if payload is None:  # the connection is another one
                    await insist(None, self.send, "SUBSCRIBE", channel, refusals=refusals)
                    refusals = Away, Passing, Refused  # what was subscribed once will be again
                yield payload
        finally:
            self._heard[channel].discard(heard)
            if not self._heard[channel]:
                del self._heard[channel]
                self._post("UNSUBSCRIBE", channel)

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._lose(Closed("The client is closed"))
