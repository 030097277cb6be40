"""A peer of Server Events: it emits events, waits for them, and works on jobs."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from importlib.resources import files
from typing import Any

from . import _wire as wire
from ._redis import Link, Subscriber, Unavailable, insist, spawn
from ._wire import Args, Arguments, Conflict, Failure, InvalidInput, Job, Key, Raw
from ._worker import RunningJob, Worker

__all__ = ["Args", "Conflict", "Failure", "InvalidInput", "Job", "Raw", "RunningJob",
           "ServerEvents", "Unavailable", "Worker", "wire"]


class ServerEvents:
    """A peer on a Redis: by its URL, or by a client of redis.asyncio."""

    def __init__(self, redis: Any = "redis://localhost:6379") -> None:
        self.redis, self.commands, self.subscriber = redis, Link(redis), Subscriber(redis)
        self._workers: list[Worker] = []

    async def __aenter__(self) -> "ServerEvents":
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def emit(self, name: Key, id: Key, args: Args = (), *, retain: float = 0,
                   idempotency_key: str | None = None, reply_to: str | None = None) -> int:
        """Emits an event, and keeps it for so many seconds; gives how many have received it."""
        payload, ms = wire.payload(name, id, args), round(retain * 1_000)
        is_right = 0 <= retain <= 604_800 and (ms > 0 or not retain)
        wire.check(is_right, "retain must be at most 7 days, in seconds")
        channel = wire.channel(name, id) if reply_to is None else wire.inbox(reply_to)
        publish, key = ("PUBLISH", channel, payload), wire.retained_key(name, id)
        if idempotency_key is not None:
            once = wire.idempotency_key(name, id, idempotency_key)
            return await self._once(once, key, publish, ms)
        if not ms:
            return int(await self.commands.send(*publish))
        keep = "SET", key, payload, "PX", ms
        return int((await self.commands.transaction(keep, publish))[1])

    async def fail(self, name: Key, id: Key, failure: Failure, *, retain: float = 0) -> int:
        """Emits that the job failed."""
        return await self.emit(name, id, [wire.failure(failure)], retain=retain)

    async def progress(self, name: Key, id: Key, args: Args = ()) -> int:
        """Tells streams how far the job is."""
        channel = wire.progress_channel(name, id)
        return int(await self.commands.send("PUBLISH", channel, wire.payload(name, id, args)))

    async def reply(self, reply_to: str, name: Key, id: Key, args: Args = (), *,
                    retain: float = 0) -> int:
        """Emits to the server alone that asked; 0 says that it is gone."""
        return await self.emit(name, id, args, retain=retain, reply_to=reply_to)

    async def _once(self, once: str, key: str, publish: tuple[str, str, str], ms: int) -> int:
        """Has a function in Redis publish unless it has done so before."""
        fingerprint = wire.fingerprint(publish[2], ms)
        words = 2, once, key, *publish, ms, fingerprint, 86_400_000
        call = "FCALL", "server_events_emit_once_1", *words
        try:
            outcome = await self.commands.send(*call)
        except Unavailable as cause:
            if "Function not found" not in str(cause):
                raise
            function = files(__name__).joinpath("emit-once.lua").read_bytes()
            await self.commands.send("FUNCTION", "LOAD", "REPLACE", function)
            outcome = await self.commands.send(*call)
        first, receivers = outcome.decode().split(" ")
        is_same = first == fingerprint
        wire.check(is_same, "The idempotency key was used to emit something else", Conflict)
        return int(receivers)

    async def on(self, name: Key, id: Key, *, timeout: float = 30, retained: bool = False,
                 start: Callable[[], Awaitable[Any]] | None = None) -> Arguments:
        """Waits so many seconds for an event, and gives its arguments.

        `start` is called when Redis has confirmed that the event will be heard, so that what it
        starts cannot end unheard. Raises TimeoutError, or Unavailable if something may be missed.
        """
        subscriber, key = self.subscriber, wire.retained_key(name, id)
        ended: asyncio.Future[Arguments] = asyncio.get_running_loop().create_future()
        epoch = None

        def heard(payload: bytes) -> None:
            event = wire.read(payload)
            if event and (event.name, event.id) == (str(name), str(id)) and not ended.done():
                if event.failure:
                    ended.set_exception(event.failure)
                else:
                    ended.set_result(event.args)

        async def look() -> None:
            get = self.commands.send
            kept = await insist(lambda: get("GET", key), lambda: retained and not ended.done())
            if kept:
                heard(kept)

        async def begin() -> None:
            nonlocal epoch
            epoch = await listener.confirmed
            if start:
                await start()

        async def attempt(action: Coroutine[Any, Any, None]) -> None:
            try:
                await action
            except Exception as cause:
                if not ended.done():
                    ended.set_exception(cause)

        listener = subscriber.listen(wire.channel(name, id), heard, lambda: spawn(attempt(look())))
        spawn(attempt(begin()))
        try:
            async with asyncio.timeout(timeout):
                return await ended
        except TimeoutError:
            if epoch != subscriber.epoch:
                raise Unavailable("It was away") from None
            raise TimeoutError("Nothing was heard") from None
        finally:
            subscriber.leave(listener)

    async def work(self, name: str, handler: Callable[[RunningJob], Awaitable[Any]], *,
                   jobs: str | None = None, concurrency: int = 1, retain: float = 0) -> Worker:
        """Takes the jobs of a name from their list; comes back when Redis knows of the worker."""
        worker = Worker(self, name, handler, jobs or name, concurrency, retain)
        await worker.start()
        self._workers.append(worker)
        return worker

    async def close(self) -> None:
        """Ends the workers when their jobs have ended, and then the connections."""
        await asyncio.gather(*(worker.close() for worker in self._workers))
        self.commands.close()
        self.subscriber.close()
