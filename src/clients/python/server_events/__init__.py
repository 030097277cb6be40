"""A peer of Server Events: it emits events, waits for them, and works on jobs."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from importlib.resources import files
from math import inf
from typing import Any

from . import _wire as wire
from ._redis import Redis, Unavailable, insist, spawn
from ._wire import Args, Arguments, Conflict, Failure, InvalidInput, Key, Raw
from ._worker import RunningJob, Worker

__all__ = ["Args", "Conflict", "Failure", "InvalidInput", "Raw", "RunningJob", "ServerEvents",
           "Unavailable", "Worker", "wire"]


class ServerEvents(AbstractAsyncContextManager["ServerEvents"]):
    """A peer on a Redis: by its URL, or by a client of redis.asyncio."""

    def __init__(self, redis: Any = "redis://localhost:6379") -> None:
        self.commands, self.subscriber = Redis(redis), Redis(redis)
        self._workers: list[Worker] = []

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def emit(self, name: Key, id: Key, args: Args = (), *, retain: float = 0,
                   idempotency_key: str | None = None, reply_to: str | None = None) -> int:
        """Emits an event, and keeps it for so many seconds; gives how many have received it."""
        payload, ms = wire.payload(name, id, args), round(wire.check("retain", retain) * 1_000)
        channel = wire.channel(name, id) if reply_to is None else wire.check("reply_to", reply_to)
        publish, key = ("PUBLISH", channel, payload), wire.retained_key(name, id)
        if idempotency_key is not None:
            once = wire.idempotency_key(name, id, idempotency_key)
            return await self._once((once, key), publish, ms)
        if not ms:
            return int(await self.commands.send(*publish))
        return int((await self.commands.transaction(("SET", key, payload, "PX", ms), publish))[1])

    async def fail(self, name: Key, id: Key, failure: Failure, *, retain: float = 0) -> int:
        """Emits that the job failed."""
        return await self.emit(name, id, [wire.failure(failure)], retain=retain)

    async def progress(self, name: Key, id: Key, args: Args = ()) -> int:
        """Tells streams how far the job is."""
        channel, payload = wire.progress_channel(name, id), wire.payload(name, id, args)
        return int(await self.commands.send("PUBLISH", channel, payload))

    async def _once(self, keys: tuple[str, str], publish: tuple[str, str, str], ms: int) -> int:
        """Has a function in Redis publish unless it has done so before."""
        fingerprint = wire.fingerprint(publish[2], ms)
        # The last number: the outcome is noted for a day
        call = "FCALL", "server_events_emit_once_1", 2, *keys, *publish, ms, fingerprint, 86_400_000
        try:
            outcome = await self.commands.send(*call)
        except Unavailable as cause:
            if "Function not found" not in str(cause):
                raise
            function = files(__name__).joinpath("emit-once.lua").read_bytes()
            await self.commands.send("FUNCTION", "LOAD", "REPLACE", function)
            outcome = await self.commands.send(*call)
        first, receivers = outcome.decode().split(" ")
        if first != fingerprint:
            raise Conflict("The idempotency key was used to emit something else")
        return int(receivers)

    async def on(self, name: Key, id: Key, *, timeout: float = 30, retained: bool = False,
                 start: Callable[[], Awaitable[Any]] | None = None) -> Arguments:
        """Waits so many seconds for an event, and gives its arguments.

        `start` is called when Redis has confirmed that the event will be heard, so that what it
        starts cannot end unheard. Raises TimeoutError, or Unavailable if something may be missed.
        """
        channel, key = wire.channel(name, id), wire.retained_key(name, id)
        since = None  # when the connection was made on which nothing can be missed
        heard = asyncio.Queue[Any]()  # what comes, and the end of what was started
        wire.check("start", start)
        limit = asyncio.timeout(wire.check("timeout", timeout))
        try:
            async with limit, aclosing(self.subscriber.hear(channel, heard)) as payloads:
                async for payload in payloads:
                    if asyncio.isfuture(payload) and not payload.cancelled():
                        payload.result()  # raises what `start` has raised
                    if payload is None:  # from now on, it will be heard
                        confirmed = self.subscriber.since
                        if start and since is None:
                            spawn(start() or asyncio.sleep(0)).add_done_callback(heard.put_nowait)
                        if retained:
                            payload = await insist(None, self.commands.send, "GET", key)
                        since = since or confirmed
                    event = wire.read(payload) if isinstance(payload, bytes) else None
                    if event is not None and (event.name, event.id) == (str(name), str(id)):
                        if event.failure:
                            raise event.failure
                        return event
        except TimeoutError:
            if not limit.expired():
                raise
        if since == self.subscriber.since < inf:
            raise TimeoutError("Nothing was heard")
        raise Unavailable("Redis was away")

    async def work(self, name: str, handler: Callable[[RunningJob], Awaitable[Any]], *,
                   jobs: str | None = None, concurrency: int = 1, retain: float = 0) -> Worker:
        """Takes the jobs of a name from their list; comes back when Redis knows of the worker."""
        worker = Worker(self, name, handler, name if jobs is None else jobs, concurrency, retain)
        await worker.start()
        self._workers.append(worker)
        return worker

    async def close(self) -> None:
        """Ends the workers when their jobs have ended, and then the connections."""
        await asyncio.gather(*(worker.close() for worker in self._workers))
        self.commands.close()
        self.subscriber.close()
