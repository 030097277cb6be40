"""Connections to Redis of our own, by a URL or after the pattern of a client of redis-py."""

import asyncio
import re
import ssl
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any
from urllib.parse import unquote, urlparse

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


class ErrorReply(Exception):
    """Redis has answered with an error."""


class Socket:
    """Redis over a socket, by the protocol RESP 2."""

    def __init__(self, url: str) -> None:
        self.url = urlparse(url)

    async def connect(self) -> None:
        secure = ssl.create_default_context() if self.url.scheme == "rediss" else None
        host, port = self.url.hostname or "localhost", self.url.port or 6379
        self.reader, self.writer = await asyncio.open_connection(host, port, ssl=secure)
        words = [unquote(word) for word in (self.url.username, self.url.password) if word]
        database = self.url.path.strip("/")
        for command in [["AUTH", *words]] * bool(words) + [["SELECT", database]] * bool(database):
            await self.write(pack(command))
            if isinstance(refusal := await self.read(), ErrorReply):
                raise refusal

    async def write(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def read(self) -> Any:
        line = await self.reader.readuntil(b"\r\n")
        kind, value = line[:1], line[1:-2]
        match kind:
            case b":":
                return int(value)
            case b"-":
                return ErrorReply(value.decode())
            case b"$" if value != b"-1":
                return (await self.reader.readexactly(int(value) + 2))[:-2]
            case b"*" if value != b"-1":
                return [await self.read() for _ in range(int(value))]
        return value if kind == b"+" else None

    async def close(self) -> None:
        if hasattr(self, "writer"):
            self.writer.close()


class OfRedisPy:
    """Redis over a connection of redis-py, which knows Sentinels, Unix sockets and credentials."""

    def __init__(self, client: Any) -> None:
        pool = client.connection_pool
        options = {**pool.connection_kwargs, "socket_timeout": None}
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


def pack(command: Command) -> bytes:
    words = [word if isinstance(word, bytes) else str(word).encode() for word in command]
    parts = [b"$%d\r\n%b\r\n" % (len(word), word) for word in words]
    return b"*%d\r\n%b" % (len(words), b"".join(parts))


class Connection:
    """One connection, until it fails. Its answers are values, errors as well."""

    def __init__(self, stream: Any, heard: Callable[[str, bytes], None] | None,
                 ended: Callable[[Any], None]) -> None:
        self.stream, self.heard, self.ended = stream, heard, ended
        self.ready = asyncio.get_running_loop().create_future()
        self.answers = deque([self.ready])
        self.end: Exception | None = None
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        self_end: Exception = ConnectionError("The connection was given up")
        try:
            await self.stream.connect()
            self.answers.popleft().set_result(None)
            while True:
                answer = await self.stream.read()
                if self.heard and answer[0] == b"message":
                    self.heard(answer[1].decode(), answer[2])
                elif not (waiting := self.answers.popleft()).done():
                    waiting.set_result(answer)
        except Exception as cause:
            self_end = cause
        finally:
            self.end = self_end
            for waiting in self.answers:
                if not waiting.done():
                    waiting.set_result(self.end)
            self.ended(self)
            await self.stream.close()

    async def ask(self, commands: Sequence[Command]) -> list[Any]:
        await asyncio.shield(self.ready)
        if self.end:
            return [self.end]
        answers = [asyncio.get_running_loop().create_future() for _ in commands]
        self.answers.extend(answers)
        await self.stream.write(b"".join(map(pack, commands)))
        return await asyncio.gather(*answers)


class Link:
    """A connection that is made when it is needed, and given up as soon as it fails or is silent."""

    def __init__(self, redis: Any, heard: Callable[[str, bytes], None] | None = None,
                 lost: Callable[[], None] = lambda: None) -> None:
        stream = Socket if isinstance(redis, str) else OfRedisPy
        self._connect = lambda: Connection(stream(redis), heard, self._drop)
        self._lost, self._present, self.closed = lost, None, False

    async def send(self, *command: str | bytes | int, waits: float = 0) -> Any:
        return (await self._batch([command], waits))[0]

    async def transaction(self, *commands: Command) -> Any:
        return (await self._batch([["MULTI"], *commands, ["EXEC"]]))[-1]

    async def _batch(self, commands: Sequence[Command], waits: float = 0) -> list[Any]:
        """Sends commands in one write; Redis may wait so many seconds with its answers."""
        if self.closed:
            raise Unavailable("The client is closed")
        used = self._present = self._present or self._connect()
        try:
            async with asyncio.timeout(PATIENCE + waits):
                answers = await used.ask(commands)
        except Exception as cause:
            answers = [cause]
        for answer in answers:
            if isinstance(answer, Exception):
                away = re.match("READONLY|LOADING|MASTERDOWN", str(answer))
                refused = isinstance(answer, ErrorReply) and not away
                if not refused:
                    self._drop(used)
                raise Unavailable(answer, refused)
        return answers

    def _drop(self, used: Connection | None) -> None:
        if used and self._present is used:
            self._present = None
            used.task.cancel()
            if not self.closed:
                self._lost()

    def close(self) -> None:
        self.closed = True
        self._drop(self._present)


class Listener:
    """What hears a channel; `ready` is called each time that Redis has confirmed."""

    def __init__(self, channel: "Channel", heard: Heard, ready: Callable[[], Any]) -> None:
        self.channel, self.heard, self.ready = channel, heard, ready
        self.epoch: int | None = None
        self.confirmed = asyncio.get_running_loop().create_future()  # in which epoch at first


class Channel:
    def __init__(self, name: str) -> None:
        self.name, self.listeners = name, dict[Listener, None]()
        self.epoch: int | None = None  # in which it was subscribed
        self.settling: asyncio.Task[None] | None = None


class Subscriber:
    """Channels that are heard, again after each loss of the connection, until they are left."""

    def __init__(self, redis: Any) -> None:
        self.link = Link(redis, self._heard, self._lost)
        self.epoch = 0  # how often the connection was lost
        self._channels: dict[str, Channel] = {}
        self._answered = 0.0  # when Redis answered last
        self._pings = asyncio.create_task(self._ping())

    def _heard(self, name: str, payload: bytes) -> None:
        if channel := self._channels.get(name):
            for listener in list(channel.listeners):
                listener.heard(payload)

    def _lost(self) -> None:
        self.epoch += 1
        for channel in self._channels.values():
            self._settle(channel)

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
            if self._channels:
                with suppress(Unavailable):
                    await self.ping()

    def listen(self, name: str, heard: Heard = lambda payload: None,
               ready: Callable[[], Any] = lambda: None) -> Listener:
        channel = self._channels.setdefault(name, Channel(name))
        listener = Listener(channel, heard, ready)
        channel.listeners[listener] = None
        self._settle(channel)
        return listener

    def leave(self, listener: Listener) -> "asyncio.Task[None]":
        """Gives a task that ends when Redis has confirmed."""
        listener.channel.listeners.pop(listener, None)
        return self._settle(listener.channel)

    def _settle(self, channel: Channel) -> "asyncio.Task[None]":
        channel.settling = channel.settling or spawn(self._settled(channel))
        return channel.settling

    async def _settled(self, channel: Channel) -> None:
        """One command after the other, so that no UNSUBSCRIBE overtakes a SUBSCRIBE."""
        listeners = channel.listeners
        while not self.link.closed and bool(listeners) != (channel.epoch == self.epoch):
            epoch, wanted = self.epoch, bool(listeners)
            try:
                await self.link.send("SUBSCRIBE" if wanted else "UNSUBSCRIBE", channel.name)
                channel.epoch = epoch if wanted else None
            except Unavailable as cause:
                if not cause.refused:
                    await asyncio.sleep(RETRY)
                    continue
                for listener in listeners:
                    if not listener.confirmed.done():
                        listener.confirmed.set_exception(cause)
                listeners.clear()
        channel.settling = None
        if not listeners:
            self._channels.pop(channel.name, None)
        for listener in list(listeners):
            if listener.epoch != channel.epoch:
                listener.epoch = channel.epoch
                if not listener.confirmed.done():
                    listener.confirmed.set_result(channel.epoch)
                listener.ready()

    def close(self) -> None:
        self._pings.cancel()
        self.link.close()
