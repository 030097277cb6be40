"""A client of Redis with the standard library alone: by a URL, or after the pattern of redis-py."""

import asyncio
import logging
import ssl
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any, cast
from urllib.parse import unquote, urlparse

LOG = logging.getLogger("server_events")
PATIENCE = 5  # so many seconds Redis may take to answer
Command = Sequence[str | bytes | int]
_tasks: set[asyncio.Task[Any]] = set()


def spawn(action: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """Starts something that nobody needs to await."""
    task = asyncio.create_task(action)
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    return task


class Unavailable(ConnectionError):
    """Redis is away, or refuses what it is asked for."""

    def __init__(self, cause: object, refused: bool = False) -> None:
        super().__init__(f"Redis: {cause!r}")
        self.refused = refused


async def insist(action: Callable[[], Awaitable[Any]], needed: Callable[[], object]) -> Any:
    """Does something until Redis has done it, or it is not needed; fails if Redis refuses."""
    while needed():
        try:
            return await action()
        except Unavailable as cause:
            if cause.refused:
                raise
            LOG.warning("%s", cause)
            await asyncio.sleep(0.1)


def pack(command: Command) -> bytes:
    words = [word if isinstance(word, bytes) else str(word).encode() for word in command]
    parts = [b"$%d\r\n%b\r\n" % (len(word), word) for word in words]
    return b"*%d\r\n%b" % (len(words), b"".join(parts))


async def read(reader: asyncio.StreamReader) -> Any:
    """Reads an answer by the protocol RESP 2; an error is an exception that is not raised."""
    line = await reader.readuntil(b"\r\n")
    kind, value = line[:1], line[1:-2]
    if kind == b"-":
        if value.startswith((b"READONLY", b"LOADING", b"MASTERDOWN")):
            raise ConnectionError(value.decode())
        return Unavailable(value.decode(), refused=True)
    if kind == b"+" or value == b"-1":
        return value if kind == b"+" else None
    if kind == b"$":
        return (await reader.readexactly(int(value) + 2))[:-2]
    return int(value) if kind == b":" else [await read(reader) for _ in range(int(value))]


@dataclass(eq=False)
class Listener:
    """What hears a channel; `ready` is called each time that Redis has confirmed."""

    channel: str
    heard: Callable[[bytes], object]
    ready: Callable[[], Awaitable[None]] | None = None
    since: float | None = None  # when Redis has confirmed
    times: int = 0  # that it has

    def age(self) -> float:
        """For how many seconds it has heard all."""
        return monotonic() - self.since if self.since else 0


class Redis:
    """A connection that is made again when it fails or is silent, and hears the same channels."""

    def __init__(self, redis: Any) -> None:
        self.redis, self.losses, self.cause = redis, 0, Exception("Redis does not answer")
        self.writer: asyncio.StreamWriter | None = None
        self._opened = asyncio.Event()
        self._answers = deque[asyncio.Future[Any]]()  # that are awaited
        self._listeners: dict[str, list[Listener]] = {}
        self._tasks = [spawn(self._live()), spawn(self._ping())]

    async def _open(self) -> asyncio.StreamReader:
        if not isinstance(self.redis, str):  # redis-py knows Sentinels, sockets and credentials
            pool = self.redis.connection_pool
            self.own = pool.connection_class(**pool.connection_kwargs)
            self.own.protocol = 2  # whatever its version of redis-py begins with
            await self.own.connect()
            self.writer = self.own._writer
            return cast(asyncio.StreamReader, self.own._reader)
        url = urlparse(self.redis)
        secure = ssl.create_default_context() if url.scheme == "rediss" else None
        where = url.hostname or "localhost", url.port or 6379
        reader, self.writer = await asyncio.open_connection(*where, ssl=secure)
        words = [unquote(word) for word in (url.username, url.password) if word]
        for command in ["AUTH", *words], ["SELECT", *url.path.strip("/").split()]:
            if len(command) > 1:
                self.writer.write(pack(command))
                if isinstance(refusal := await read(reader), Unavailable):
                    raise refusal
        return reader

    async def _live(self) -> None:
        while True:
            try:
                async with asyncio.timeout(PATIENCE):
                    reader = await self._open()
                self._opened.set()
                while True:
                    self._take(await read(reader))
            except Exception as cause:
                self._lose(cause)
                await asyncio.sleep(0.1)

    def _take(self, answer: Any) -> None:
        if isinstance(answer, list) and answer[:1] == [b"message"]:
            for listener in list(self._listeners.get(answer[1].decode(), ())):
                listener.heard(answer[2])
        elif not (waiting := self._answers.popleft()).done():
            refused = isinstance(answer, Unavailable)
            (waiting.set_exception if refused else waiting.set_result)(answer)

    def _lose(self, cause: Exception) -> None:
        self._opened.clear()
        self.cause, self.losses = cause, self.losses + 1
        while self._answers:
            if not (waiting := self._answers.popleft()).done():
                waiting.set_exception(Unavailable(cause))
        for listener in [each for listeners in self._listeners.values() for each in listeners]:
            if listener.since:
                listener.since = None
                spawn(self._subscribe(listener))
        self._abort()

    def _abort(self) -> None:
        if self.writer:
            self.writer.transport.abort()

    async def send(self, *command: str | bytes | int) -> Any:
        return (await self._batch(command))[0]

    async def transaction(self, *commands: Command) -> Any:
        return (await self._batch(["MULTI"], *commands, ["EXEC"]))[-1]

    async def _batch(self, *commands: Command) -> list[Any]:
        """Sends commands in one write, and gives their answers."""
        answers = [asyncio.get_running_loop().create_future() for _ in commands]
        try:
            async with asyncio.timeout(PATIENCE):
                await self._opened.wait()
                self._answers.extend(answers)
                cast(asyncio.StreamWriter, self.writer).write(b"".join(map(pack, commands)))
                return await asyncio.gather(*answers)
        except TimeoutError:
            self._abort()
            raise Unavailable(self.cause) from None

    async def _ping(self) -> None:
        """Notices that the connection is silent."""
        while True:
            await asyncio.sleep(0.5)
            if self._listeners:
                with suppress(Unavailable):
                    await self.send("PING")

    async def listen(self, listener: Listener) -> None:
        """Comes back when Redis has confirmed."""
        self._listeners.setdefault(listener.channel, []).append(listener)
        await self._subscribe(listener)

    async def _subscribe(self, listener: Listener) -> None:
        async def subscribe() -> None:
            losses = self.losses
            await self.send("SUBSCRIBE", listener.channel)
            if losses != self.losses:
                raise Unavailable("The connection was lost")
            listener.since, listener.times = monotonic(), listener.times + 1

        await insist(subscribe, lambda: listener in self._listeners.get(listener.channel, ()))
        if listener.since and listener.ready:
            await listener.ready()

    async def leave(self, listener: Listener) -> None:
        """Comes back when Redis has confirmed."""
        listeners = self._listeners.get(listener.channel, [])
        if listener in listeners:
            listeners.remove(listener)
            if not listeners:
                del self._listeners[listener.channel]
                with suppress(Unavailable):
                    await self.send("UNSUBSCRIBE", listener.channel)

    def close(self) -> None:
        self._listeners.clear()
        for task in self._tasks:
            task.cancel()
        self._lose(ConnectionError("The client is closed"))
