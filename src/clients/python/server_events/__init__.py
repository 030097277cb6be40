"""A peer of Server Events: it emits events, waits for them, and works on jobs."""

import asyncio
from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Any

from . import _wire as wire
from ._redis import Link, Listener, Subscriber, Unavailable
from ._wire import Args, Conflict, Failure, InvalidInput, Job, Raw
from ._worker import RunningJob, Worker

__all__ = ["Args", "Conflict", "Failure", "InvalidInput", "Job", "Raw", "RunningJob", "ServerEvents",
           "Unavailable", "Worker", "wire"]


class ServerEvents:
    """A peer on a Redis: by its URL, or by a client of redis.asyncio."""

    def __init__(self, redis: Any = "redis://localhost:6379") -> None:
        self.redis, self.commands, self.subscriber = redis, Link(redis), Subscriber(redis)
        self._workers: list[Worker] = []

    async def __aenter__(self) -> "ServerEvents":
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def emit(self, name: str | int, id: str | int, args: Args = (), *, retain: float = 0,
                   idempotency_key: str | None = None) -> int:
        """Emits an event, and keeps it for so many seconds; gives how many have received it."""
        return await self._publish(wire.event(name, id, args), name, id, retain, idempotency_key)

    async def fail(self, name: str | int, id: str | int, failure: Failure, *, retain: float = 0) -> int:
        """Emits that the job failed."""
        return await self.emit(name, id, [wire.failure(failure)], retain=retain)

    async def progress(self, name: str | int, id: str | int, args: Args = ()) -> int:
        """Tells streams how far the job is."""
        return await self._publish(wire.progress(name, id, args), name, id)

    async def reply(self, reply_to: str, name: str | int, id: str | int, args: Args = (), *,
                    retain: float = 0) -> int:
        """Emits to the server alone that asked; 0 says that it is gone."""
        return await self._publish(wire.reply(reply_to, name, id, args), name, id, retain)

    async def _publish(self, what: tuple[str, str], name: str | int, id: str | int,
                       retain: float = 0, idempotency_key: str | None = None) -> int:
        publish, key, ms = ("PUBLISH", *what), wire.retained_key(name, id), round(retain * 1_000)
        wire.check(0 <= retain <= 604_800 and (ms > 0 or not retain), "retain must be at most 7 days")
        if idempotency_key is not None:
            keys = wire.idempotency_key(name, id, idempotency_key), key
            return await self._once(keys, (*publish, ms, wire.fingerprint(what[1], ms), 86_400_000))
        if ms:
            return int((await self.commands.transaction(("SET", key, what[1], "PX", ms), publish))[1])
        return int(await self.commands.send(*publish))

    async def _once(self, keys: tuple[str, str], args: tuple[str | int, ...]) -> int:
        call: tuple[str | int, ...] = ("FCALL", "server_events_emit_once_1", 2, *keys, *args)
        try:
            outcome = await self.commands.send(*call)
        except Unavailable as cause:
            if "Function not found" not in str(cause):
                raise
            function = files(__name__).joinpath("emit-once.lua").read_bytes()
            await self.commands.send("FUNCTION", "LOAD", "REPLACE", function)
            outcome = await self.commands.send(*call)
        first, receivers = outcome.decode().split(" ")
        wire.check(first == args[-2], "The idempotency key was used to emit something else", Conflict)
        return int(receivers)

    async def on(self, name: str | int, id: str | int, *, timeout: float = 30, retained: bool = False,
                 start: Callable[[], Awaitable[Any]] | None = None) -> wire.Arguments:
        """Waits so many seconds for an event, and gives its arguments.

        `start` is called when Redis has confirmed that the event will be heard, so that what it
        starts cannot end unheard. Raises TimeoutError, or Unavailable if something may be missed.
        """
        channel = wire.event(name, id)[0]
        ended: asyncio.Future[wire.Arguments] = asyncio.get_running_loop().create_future()
        begun, missed, tasks = False, True, set()

        def heard(payload: bytes) -> None:
            try:
                event = wire.read(payload)
            except wire.Malformed:
                return  # the mistake of whoever has published it
            if (event.name, event.id) != (str(name), str(id)) or ended.done():
                return
            if event.failure:
                ended.set_exception(event.failure)
            else:
                ended.set_result(event.args)

        def lost() -> None:
            nonlocal missed
            missed = True

        async def look() -> None:
            nonlocal begun, missed
            first, begun = not begun, True
            missed = missed and not first
            try:
                kept = retained and await self.commands.send("GET", wire.retained_key(name, id))
                if kept:
                    heard(kept)
                if first and start:
                    await start()
            except Exception as cause:
                refused(cause)

        def ready() -> None:
            tasks.add(asyncio.create_task(look()))

        def refused(cause: Exception) -> None:
            if not ended.done():
                ended.set_exception(cause)

        listener = Listener(heard, ready, lost, refused)
        self.subscriber.listen(channel, listener)
        try:
            async with asyncio.timeout(timeout):
                return await ended
        except TimeoutError:
            raise (Unavailable("Redis was away") if missed else TimeoutError("Nothing was heard")) from None
        finally:
            self.subscriber.leave(channel, listener)

    async def work(self, name: str, handler: Callable[[RunningJob], Awaitable[Any]], *,
                   jobs: str | None = None, concurrency: int = 1, retain: float = 0) -> Worker:
        """Takes the jobs of a name from their list; comes back when Redis knows of the worker."""
        worker = Worker(self, name, handler, jobs or name, concurrency, retain)
        self._workers.append(worker)
        await worker.ready
        return worker

    async def close(self) -> None:
        """Ends the workers when their jobs have ended, and then the connections."""
        await asyncio.gather(*(worker.close() for worker in self._workers))
        self.commands.close()
        self.subscriber.close()
