"""Connections to Redis of our own, by a URL or after the pattern of a client of redis-py."""

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
PATIENCE = 5.0  # so many seconds Redis may take to answer
RETRY = 0.1
Command = Sequence[str | bytes | int]
Heard = Callable[[bytes], None]
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
            await asyncio.sleep(RETRY)
    return None


def pack(command: Command) -> bytes:
    words = [word if isinstance(word, bytes) else str(word).encode() for word in command]
    parts = [b"$%d\r\n%b\r\n" % (len(word), word) for word in words]
    return b"*%d\r\n%b" % (len(words), b"".join(parts))


async def read(reader: asyncio.StreamReader) -> Any:
    """Reads an answer by the protocol RESP 2; an error is an exception that is not raised."""
    line = await reader.readuntil(b"\r\n")
    kind, value = line[:1], line[1:-2]
    if kind == b"-":
        away = value.startswith((b"READONLY", b"LOADING", b"MASTERDOWN"))
        return Unavailable(value.decode(), refused=not away)
    if kind == b"+" or value == b"-1":
        return value if kind == b"+" else None
    if kind == b"$":
        return (await reader.readexactly(int(value) + 2))[:-2]
    return int(value) if kind == b":" else [await read(reader) for _ in range(int(value))]


class Connection:
    """One connection, until it fails."""

    def __init__(self, redis: Any, heard: Callable[[str, bytes], None],
                 ended: Callable[["Connection"], None]) -> None:
        self.answers = deque[asyncio.Future[Any]]()  # that are awaited
        self.opened = asyncio.Event()
        self.cause: Exception | None = None  # of its end
        self.writer: asyncio.StreamWriter | None = None
        self.task = spawn(self._run(redis, heard, ended))

    async def _open(self, redis: Any) -> asyncio.StreamReader:
        if not isinstance(redis, str):  # redis-py knows Sentinels, Unix sockets and credentials
            pool = redis.connection_pool
            options = pool.connection_kwargs.items()
            self.own = pool.connection_class(**{k: 2 if k == "protocol" else v for k, v in options})
            await self.own.connect()
            self.writer = self.own._writer
            return cast(asyncio.StreamReader, self.own._reader)
        url = urlparse(redis)
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

    async def _run(self, redis: Any, heard: Callable[[str, bytes], None],
                   ended: Callable[["Connection"], None]) -> None:
        cause: Exception = ConnectionError("The connection was given up")
        try:
            reader = await self._open(redis)
            self.opened.set()
            while True:
                answer = await read(reader)
                if isinstance(answer, list) and answer[:1] == [b"message"]:
                    heard(answer[1].decode(), answer[2])
                elif not (waiting := self.answers.popleft()).done():
                    waiting.set_result(answer)
        except Exception as failure:
            cause = failure
        finally:
            self.cause = cause
            self.opened.set()
            for waiting in self.answers:
                if not waiting.done():
                    waiting.set_result(Unavailable(cause))
            ended(self)
            if self.writer:
                self.writer.close()

    async def ask(self, commands: Sequence[Command]) -> list[Any]:
        await self.opened.wait()
        if self.cause or not self.writer:
            raise self.cause or ConnectionError()
        answers = [asyncio.get_running_loop().create_future() for _ in commands]
        self.answers.extend(answers)
        self.writer.write(b"".join(map(pack, commands)))
        await self.writer.drain()
        return list(await asyncio.gather(*answers))


class Link:
    """A connection that is made when it is needed, and given up when it fails or is silent."""

    def __init__(self, redis: Any,
                 heard: Callable[[str, bytes], None] = lambda channel, payload: None,
                 lost: Callable[[], None] = lambda: None) -> None:
        self.redis, self.heard, self.lost = redis, heard, lost
        self.present: Connection | None = None
        self.closed = False

    async def send(self, *command: str | bytes | int, waits: float = 0) -> Any:
        return (await self._batch([command], waits))[0]

    async def transaction(self, *commands: Command) -> Any:
        return (await self._batch([["MULTI"], *commands, ["EXEC"]]))[-1]

    async def _batch(self, commands: Sequence[Command], waits: float = 0) -> list[Any]:
        """Sends commands in one write; Redis may wait so many seconds with its answers."""
        if self.closed:
            raise Unavailable("The client is closed", refused=True)
        used = self.present = self.present or Connection(self.redis, self.heard, self._drop)
        try:
            async with asyncio.timeout(PATIENCE + waits):
                answers = await used.ask(commands)
            for answer in answers:
                if isinstance(answer, Unavailable):
                    raise answer
            return answers
        except Exception as cause:
            unavailable = cause if isinstance(cause, Unavailable) else Unavailable(cause)
            if not unavailable.refused:
                self._drop(used)
            raise unavailable from None

    def _drop(self, used: Connection | None) -> None:
        if used and self.present is used:
            self.present = None
            used.task.cancel()
            if not self.closed:
                self.lost()

    def close(self) -> None:
        self.closed = True
        self._drop(self.present)


@dataclass(eq=False)
class Listener:
    """What hears a channel; `ready` is called each time that Redis has confirmed."""

    channel: str
    heard: Callable[[bytes], None]
    ready: Callable[[], Any]
    confirmed: asyncio.Future[int]  # in which epoch at first
    epoch: int | None = None
    busy: bool = False


class Subscriber:
    """Channels that are heard, again after each loss of the connection, until they are left."""

    def __init__(self, redis: Any) -> None:
        self.link = Link(redis, self._heard, self._lost)
        self.epoch = 0  # how often the connection was lost
        self._listeners: dict[str, list[Listener]] = {}
        self._answered = 0.0  # when Redis answered last
        self._pings = spawn(self._ping())

    def _heard(self, channel: str, payload: bytes) -> None:
        for listener in list(self._listeners.get(channel, ())):
            listener.heard(payload)

    def _lost(self) -> None:
        self.epoch += 1
        for listener in [each for listeners in self._listeners.values() for each in listeners]:
            spawn(self._subscribe(listener))

    async def ping(self) -> None:
        """Comes back when all that was published before has been heard."""
        await self.link.send("PING")
        self._answered = monotonic()

    async def catch_up(self) -> None:
        """Does so if it is in doubt, for example after this process stood still."""
        if monotonic() - self._answered > 1:
            await self.ping()

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(0.5)
            if self._listeners:
                with suppress(Unavailable):
                    await self.ping()

    def listen(self, channel: str, heard: Callable[[bytes], None] = lambda payload: None,
               ready: Callable[[], Any] = lambda: None) -> Listener:
        confirmed = asyncio.get_running_loop().create_future()
        listener = Listener(channel, heard, ready, confirmed)
        self._listeners.setdefault(channel, []).append(listener)
        spawn(self._subscribe(listener))
        return listener

    async def _subscribe(self, listener: Listener) -> None:
        channel, confirmed = listener.channel, listener.confirmed

        def needed() -> bool:
            listens = listener in self._listeners.get(channel, ())
            return listens and listener.epoch != self.epoch

        async def subscribe() -> None:
            epoch = self.epoch
            await self.link.send("SUBSCRIBE", channel)
            if epoch == self.epoch and needed():
                listener.epoch = epoch
                if not confirmed.done():
                    confirmed.set_result(epoch)
                listener.ready()

        if listener.busy:
            return
        listener.busy = True
        try:
            while needed():
                await insist(subscribe, needed)
        except Unavailable as cause:
            if not confirmed.done():
                confirmed.set_exception(cause)
            self.leave(listener)
        listener.busy = False

    def leave(self, listener: Listener) -> "asyncio.Task[None]":
        """Gives a task that ends when Redis has confirmed."""
        return spawn(self._leave(listener))

    async def _leave(self, listener: Listener) -> None:
        listeners = self._listeners.get(listener.channel, [])
        if listener in listeners:
            listeners.remove(listener)
            if not listeners:
                del self._listeners[listener.channel]
                with suppress(Unavailable):
                    await self.link.send("UNSUBSCRIBE", listener.channel)

    def close(self) -> None:
        self._pings.cancel()
        self.link.close()
