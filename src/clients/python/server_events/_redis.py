"""Connections to Redis of our own, by a URL or after the pattern of a client of redis-py."""

import asyncio
import contextlib
import re
import ssl
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import unquote, urlparse

PATIENCE = 5.0  # so many seconds Redis may take to answer
RETRY = 0.1
Command = Sequence[str | bytes | int | float]


class Unavailable(ConnectionError):
    """Redis is away, or refuses what it is asked for."""

    def __init__(self, cause: object, refused: bool = False) -> None:
        super().__init__(f"Redis: {cause!r}")
        self.refused = refused


class ErrorReply(Exception):
    """Redis has answered with an error."""


class Socket:
    """Redis over a socket, by the protocol RESP 2."""

    def __init__(self, url: str) -> None:
        self.url, self.writer = urlparse(url), cast(Any, None)

    async def connect(self) -> None:
        secure = ssl.create_default_context() if self.url.scheme == "rediss" else None
        host, port = self.url.hostname or "localhost", self.url.port or 6379
        self.reader, self.writer = await asyncio.open_connection(host, port, ssl=secure)
        words = [unquote(word) for word in (self.url.username, self.url.password) if word]
        for command in (["AUTH", *words], ["SELECT", self.url.path.strip("/")]):
            if all(command) and len(command) > 1:
                await self.write(pack([command]))
                if isinstance(refusal := await self.read(), ErrorReply):
                    raise refusal

    async def write(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def read(self) -> Any:
        line = await self.reader.readuntil(b"\r\n")
        kind, value = line[:1], line[1:-2]
        if kind in b"-:":
            return int(value) if kind == b":" else ErrorReply(value.decode())
        if kind == b"$" and value != b"-1":
            return (await self.reader.readexactly(int(value) + 2))[:-2]
        if kind == b"*" and value != b"-1":
            return [await self.read() for _ in range(int(value))]
        return value if kind == b"+" else None

    async def close(self) -> None:
        if self.writer:
            self.writer.close()


class OfRedisPy:
    """Redis over a connection of redis-py, which knows Sentinels, Unix sockets and credentials."""

    def __init__(self, client: Any) -> None:
        pool = client.connection_pool
        options: dict[str, Any] = {**pool.connection_kwargs, "socket_timeout": None}
        options.update({"protocol": 2} if "protocol" in options else {})
        self.connection = pool.connection_class(**options)
        self.connect, self.close = self.connection.connect, self.connection.disconnect

    async def write(self, data: bytes) -> None:
        await self.connection.send_packed_command(data, check_health=False)

    async def read(self) -> Any:
        from redis.exceptions import ResponseError

        try:
            return await self.connection.read_response(disable_decoding=True)
        except ResponseError as error:
            return ErrorReply(str(error))


def pack(commands: Iterable[Command]) -> bytes:
    packed = bytearray()
    for command in commands:
        packed += b"*%d\r\n" % len(command)
        for word in command:
            data = word if isinstance(word, bytes) else str(word).encode()
            packed += b"$%d\r\n%b\r\n" % (len(data), data)
    return bytes(packed)


class Connection:
    """One connection, until it fails."""

    def __init__(self, stream: Any, heard: Callable[[str, bytes], None] | None, ended: Callable[[Any], None]) -> None:
        self.stream, self.heard, self.ended = stream, heard, ended
        self.is_over = False
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.answers = deque([self.ready])
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        cause: BaseException = ConnectionError("The connection was given up")
        try:
            await self.stream.connect()
            self.answers.popleft().set_result(None)
            while True:
                answer = await self.stream.read()
                if self.heard and answer[0] == b"message":
                    self.heard(answer[1].decode(), answer[2])
                elif not (waiting := self.answers.popleft()).done():
                    waiting.set_result(answer)
        except Exception as failure:
            cause = failure
        finally:
            self.is_over = True
            for waiting in self.answers:
                if not waiting.done():
                    waiting.set_exception(cause)
                    waiting.exception()  # perhaps nobody awaits it
            self.ended(self)
            await self.stream.close()

    async def ask(self, commands: Sequence[Command]) -> list[Any]:
        await asyncio.shield(self.ready)
        if self.is_over:
            raise ConnectionError("The connection has ended")
        answers = [asyncio.get_running_loop().create_future() for _ in commands]
        self.answers.extend(answers)
        await self.stream.write(pack(commands))
        return await asyncio.gather(*answers)


class Link:
    """A connection that is made when it is needed, and given up as soon as it fails or is silent."""

    def __init__(self, redis: Any, heard: Callable[[str, bytes], None] | None = None,
                 lost: Callable[[], None] = lambda: None) -> None:
        self.stream = Socket if isinstance(redis, str) else OfRedisPy
        self.redis, self.heard, self.lost = redis, heard, lost
        self.present: Connection | None = None
        self.closed = False

    async def send(self, *command: str | bytes | int | float, waits: float = 0) -> Any:
        return (await self.batch([command], waits))[0]

    async def transaction(self, *commands: Command) -> list[Any]:
        return (await self.batch([["MULTI"], *commands, ["EXEC"]]))[-1]

    async def batch(self, commands: Sequence[Command], waits: float = 0, check: bool = True) -> list[Any]:
        """Sends commands in one write; fails if one fails, unless it is not to check that."""
        if self.closed:
            raise Unavailable("The client is closed")
        used = self.present = self.present or Connection(self.stream(self.redis), self.heard, self._drop)
        try:
            async with asyncio.timeout(PATIENCE + waits):
                answers = await used.ask(commands)
        except Exception as cause:
            self._drop(used)
            raise Unavailable(cause) from cause
        for answer in answers + [each for each in answers if isinstance(each, list) for each in each]:
            if check and isinstance(answer, Exception):
                refused = not re.match("READONLY|LOADING|MASTERDOWN", str(answer))
                if not refused:
                    self._drop(used)
                raise Unavailable(answer, refused)
        return answers

    def _drop(self, used: Connection) -> None:
        if self.present is used:
            self.present = None
            used.task.cancel()
            if not self.closed:
                self.lost()

    def close(self) -> None:
        self.closed = True
        if self.present:
            self._drop(self.present)


@dataclass(eq=False)
class Listener:
    """What is told of a channel; `ready` is called each time that Redis has confirmed."""

    heard: Callable[[bytes], None] = lambda payload: None
    ready: Callable[[], None] = lambda: None
    lost: Callable[[], None] = lambda: None
    refused: Callable[[Exception], None] = lambda cause: None
    epoch: int = -1


class Subscriber:
    """Channels that are heard, again after each loss of the connection, until they are left."""

    def __init__(self, redis: Any) -> None:
        self.link = Link(redis, self._heard, self._lost)
        self._listeners: dict[str, list[Listener]] = {}
        self._epochs: dict[str, int] = {}  # in which epoch each channel was subscribed
        self._epoch = 0  # how often the connection was lost
        self._changed: dict[str, None] = {}  # in the order of their changes
        self._round: asyncio.Task[None] | None = None
        self._pings = asyncio.create_task(self._ping())

    def _heard(self, channel: str, payload: bytes) -> None:
        for listener in list(self._listeners.get(channel, ())):
            listener.heard(payload)

    def _lost(self) -> None:
        self._epoch += 1
        for listener in [each for listeners in self._listeners.values() for each in listeners]:
            listener.lost()
        self._change(*self._listeners)

    async def ping(self) -> None:
        """Comes back when all that was published before has been heard."""
        await self.link.send("PING")

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(1)
            if self._listeners:
                with contextlib.suppress(Unavailable):
                    await self.ping()

    def listen(self, channel: str, listener: Listener) -> None:
        self._listeners.setdefault(channel, []).append(listener)
        self._change(channel)

    def leave(self, channel: str, listener: Listener) -> "asyncio.Task[None]":
        """Gives a task that ends when Redis has confirmed."""
        if listener in (listeners := self._listeners.get(channel, [])):
            listeners.remove(listener)
        return self._change(channel)

    def _change(self, *channels: str) -> "asyncio.Task[None]":
        self._changed.update(dict.fromkeys(channels))
        self._round = self._round or asyncio.create_task(self._rounds())
        return self._round

    async def _rounds(self) -> None:
        """One round after the other, so that no UNSUBSCRIBE overtakes a SUBSCRIBE."""
        while self._changed and not self.link.closed:
            channels, self._changed, epoch = list(self._changed), {}, self._epoch
            wanted = {channel: bool(self._listeners.get(channel)) for channel in channels}
            todo = [c for c in channels if wanted[c] != (self._epochs.get(c) == epoch)]
            commands = [["SUBSCRIBE" if wanted[channel] else "UNSUBSCRIBE", channel] for channel in todo]
            try:
                answers = dict(zip(todo, await self.link.batch(commands, check=False) if todo else []))
            except Unavailable:
                self._changed.update(dict.fromkeys(channels))
                await asyncio.sleep(RETRY)
                continue
            for channel in channels:
                self._settled(channel, wanted[channel], epoch, answers.get(channel))
        self._round = None

    def _settled(self, channel: str, wanted: bool, epoch: int, answer: Any) -> None:
        listeners = self._listeners.get(channel, [])
        self._epochs[channel] = epoch if wanted else -1
        if isinstance(answer, ErrorReply):
            for listener in self._listeners.pop(channel, []):
                listener.refused(Unavailable(answer, True))
        elif not wanted and not listeners:
            self._listeners.pop(channel, None)
            self._epochs.pop(channel, None)
        for listener in list(listeners) if wanted and epoch == self._epoch else ():
            if listener.epoch != epoch:
                listener.epoch = epoch
                listener.ready()

    def close(self) -> None:
        self._pings.cancel()
        self.link.close()
