"""A worker that loses no job: see "Workers" and "Jobs on a list" in wire-protocol.md."""

import asyncio
import logging
import uuid
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

from . import _wire as wire
from ._redis import Link, Listener, Unavailable

if TYPE_CHECKING:
    from . import ServerEvents

LOG = logging.getLogger("server_events")
RETRY = 0.25  # also the time after which an answer that is in doubt is asked for again
GIVE_BACK = 1_000  # jobs in one transaction


class RunningJob(wire.Job):
    """A job that a worker has; its handler is cancelled when nobody wants the result any more."""

    text: bytes
    worker: "Worker"
    task: "asyncio.Task[None]"
    handling: "asyncio.Task[Any]"
    gone: "asyncio.Task[None] | None" = None
    over = False
    unwanted = False

    async def progress(self, args: wire.Args = ()) -> int:
        """Tells streams how far the job is, and the server that it has got on."""
        if self.over:
            return 0
        if self.claim_to:
            with suppress(Unavailable):
                alive = wire.alive(self.worker.id, self.name, self.id)
                await self.worker.events.commands.send("PUBLISH", self.claim_to, alive)
        return await self.worker.events.progress(self.name, self.id, args)


class Asker:
    """A server that asked for jobs, by the inbox for their claims."""

    def __init__(self) -> None:
        self.jobs: list[RunningJob] = []
        self.every, self.heard = 5.0, monotonic()
        self.signs: "asyncio.Task[None] | None" = None


class Worker:
    def __init__(self, events: "ServerEvents", name: str, handler: Callable[[RunningJob], Awaitable[Any]],
                 jobs: str, concurrency: int, retain: float) -> None:
        self.events, self.name, self.handler = events, name, handler
        self.concurrency, self.retain = concurrency, retain
        self.id = str(uuid.uuid4())
        self.jobs = wire.jobs_key(jobs)
        self.own = f"{self.jobs}:{self.id}"
        self.closing = False
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._send, self._blocking = events.commands.send, Link(events.redis)
        self._held: set[RunningJob] = set()
        self._known: Counter[bytes] = Counter()  # the jobs on its own list, as far as it knows
        self._found: deque[bytes] = deque()  # jobs there that it has not begun
        self._done: list[bytes] = []  # jobs that Redis has to forget yet
        self._askers: dict[str, Asker] = {}
        self._looked, self._disturbed, self._beat = 0.0, 0.0, monotonic()
        self._freed = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._proof: asyncio.Task[None] | None = None
        self._life = asyncio.create_task(self._live())

    def _start(self, action: Awaitable[Any]) -> asyncio.Task[Any]:
        task = asyncio.ensure_future(action)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _live(self) -> None:
        try:
            leave = await self._listen(wire.worker_channel(self.id), self._told, self._claim_again)
            stop = await self._listen(wire.serves_channel(self.name))
        except Exception as cause:
            self.ready.set_exception(cause)
            return
        watch = [asyncio.create_task(self._watch()), asyncio.create_task(self._pulse())]
        self.ready.set_result(None)
        while not self.closing:
            await self._take()
        await stop()
        while self._held:
            await asyncio.wait([job.task for job in self._held])
        for _ in range(20):  # in the end, others give back what is left
            with suppress(Unavailable):
                await self._forget()
                await self._give_back(self.id)
                break
            await asyncio.sleep(RETRY)
        for task in watch:
            task.cancel()
        self._blocking.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await leave()

    async def close(self) -> None:
        """Takes no more jobs, and comes back when those that it has have ended."""
        self.closing = True
        self._freed.set()
        await self._life

    async def _listen(self, channel: str, heard: Callable[[bytes], None] = lambda payload: None,
                      again: Callable[[], None] = lambda: None) -> Callable[[], Awaitable[Any]]:
        heard_first = asyncio.get_running_loop().create_future()

        def ready() -> None:
            again()
            if not heard_first.done():
                heard_first.set_result(None)

        def refused(cause: Exception) -> None:
            if not heard_first.done():
                heard_first.set_exception(cause)

        listener = Listener(heard, ready, refused=refused)
        self.events.subscriber.listen(channel, listener)
        await heard_first
        return lambda: self.events.subscriber.leave(channel, listener)

    async def _take(self) -> None:
        try:
            if monotonic() - self._looked >= 1:
                await self._look()
            if len(self._held) >= self.concurrency:
                self._freed.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._freed.wait(), 1)
                return
            job = self._found.popleft() if self._found else self._know(
                await self._blocking.send("BLMOVE", self.jobs, self.own, "LEFT", "RIGHT", 1, waits=1))
            if job and not self.closing:  # else it is given back
                self._hold(job)
        except Unavailable as cause:
            self._looked = 0  # Redis may have moved a job whose answer was lost
            LOG.warning("Worker %s takes no job: %s", self.id, cause)
            await asyncio.sleep(RETRY)

    def _know(self, job: bytes | None) -> bytes | None:
        if job:
            self._known[job] += 1
        return job

    async def _look(self) -> None:
        """Says that the worker is there, and finds jobs that were moved without its knowledge."""
        await self._forget()
        await self._send("SADD", f"{self.jobs}:workers", self.id)
        known = self._known.copy()
        for job in await self._send("LRANGE", self.own, 0, -1):
            known[job] -= 1
            if known[job] < 0:
                self._know(job)
                self._found.append(job)
        self._looked = monotonic()

    async def _forget(self, *jobs: bytes) -> None:
        """Has Redis forget jobs; of one that others gave back, nobody may have begun yet."""
        done, self._done = deque([*self._done, *jobs]), []
        try:
            while done:
                if not await self._send("LREM", self.own, 1, done[0]):
                    await self._send("LREM", self.jobs, 1, done[0])
                self._known -= Counter([done.popleft()])
        finally:
            self._done.extend(done)  # it is tried again

    async def _give_back(self, worker_id: str) -> None:
        """Gives the jobs of a worker back, the last one first, so that they keep their order."""
        taken = f"{self.jobs}:{worker_id}"
        left = await self._send("LLEN", taken)
        for _ in range(0, left, GIVE_BACK):
            moves = [("LMOVE", taken, self.jobs, "RIGHT", "LEFT")] * min(left, GIVE_BACK)
            await self.events.commands.transaction(*moves)
            left -= GIVE_BACK
        await self._send("SREM", f"{self.jobs}:workers", worker_id)
        if await self._send("LLEN", taken):
            await self._send("SADD", f"{self.jobs}:workers", worker_id)

    def _hold(self, text: bytes) -> None:
        try:
            job = RunningJob(**vars(wire.job(text)))
        except wire.InvalidInput as cause:
            LOG.error("Dropped from %s, since it is no job: %s", self.jobs, cause)
            self._start(self._forget(text))
            return
        job.text, job.worker = text, self
        self._held.add(job)
        self._claim(job)
        job.task = self._start(self._run(job))

    async def _run(self, job: RunningJob) -> None:
        try:
            args = await self._result(job)
            await self._sure()
            await self._until(job, lambda: self._answer(job, args))
            with suppress(Unavailable):
                await self._end(job)
        finally:
            self._held.discard(job)
            self._freed.set()

    async def _result(self, job: RunningJob) -> wire.Args:
        try:
            job.handling = self._start(self.handler(job))
            result = await job.handling
            args: wire.Args = result if isinstance(result, wire.Raw) else [] if result is None else [result]
            wire.event(job.name, job.id, args)  # can it be written?
            return args
        except wire.Failure as failure:
            return [wire.failure(failure)]
        except (Exception, asyncio.CancelledError) as cause:
            if job.task.cancelling():
                raise
            if not job.over:
                LOG.error("The job %s:%s failed", job.name, job.id, exc_info=cause)
            return [wire.failure(wire.Failure(500, "The job failed"))]

    async def _answer(self, job: RunningJob, args: wire.Args) -> None:
        if job.reply_to:
            await self.events.reply(job.reply_to, job.name, job.id, args, retain=self.retain)
        else:
            await self.events.emit(job.name, job.id, args, retain=self.retain)

    def _end(self, job: RunningJob) -> "asyncio.Task[None]":
        """Forgets a job that has its answer, or needs none any more."""
        claim_to = job.claim_to or ""
        asker = self._askers.get(claim_to)
        if asker and job in asker.jobs:
            asker.jobs.remove(job)
            if not asker.jobs:
                del self._askers[claim_to]
                if asker.signs:
                    asker.signs.cancel()
        if not job.gone:
            job.gone = self._start(self._forget(job.text))
        return job.gone

    async def _until(self, job: RunningJob, action: Callable[[], Awaitable[Any]]) -> Any:
        """Does something until Redis was there to do it, or the job is over."""
        while job in self._held and not job.over:
            try:
                return await action()
            except Unavailable as cause:
                LOG.warning("Of the job %s:%s: %s", job.name, job.id, cause)
                if cause.refused:
                    return None
                await asyncio.sleep(RETRY)
        return None

    def _claim(self, job: RunningJob) -> None:
        if not job.claim_to:
            return
        asker = self._askers.setdefault(job.claim_to, Asker())
        asker.jobs.append(job)
        asker.every = min(asker.every, (job.stalled_after or 20_000) / 4_000)
        if asker.signs:
            asker.signs.cancel()
        asker.signs = self._start(self._signs(job.claim_to, asker))
        self._start(self._say_claim(job))

    async def _say_claim(self, job: RunningJob) -> None:
        claim = wire.claim(job.name, job.id, self.id, True)
        if await self._until(job, lambda: self._send("PUBLISH", job.claim_to or "", claim)) == 0:
            await self._unwanted(job)

    def _claim_again(self) -> None:
        for asker in self._askers.values():
            self._disturbed = asker.heard = monotonic()
            for job in asker.jobs:
                self._start(self._say_claim(job))

    async def _signs(self, claim_to: str, asker: Asker) -> None:
        """Shows signs of life; a server that leaves them unanswered for long is gone."""
        while True:
            await asyncio.sleep(asker.every)
            with suppress(Unavailable):
                await self._send("PUBLISH", claim_to, wire.alive(self.id))
                if monotonic() - asker.heard > 20:
                    await self.events.subscriber.ping()
                    if monotonic() - asker.heard > 20:
                        await self._all_unwanted(asker)

    def _told(self, payload: bytes) -> None:
        try:
            told = wire.told(payload)
        except wire.Malformed:
            return  # it is none of what a worker knows
        if not (asker := self._askers.get(told.claim_to)):
            return
        asker.heard = monotonic()
        for job in list(asker.jobs):
            if told.kind == "reclaim":
                self._start(self._say_claim(job))
            elif (told.name, told.id) == (job.name, job.id):
                self._over(job) if told.kind == "revoked" else self._start(self._unwanted(job))

    async def _unwanted(self, job: RunningJob) -> None:
        """Unless its result is for one server alone, others may wait for it."""
        job.unwanted = True
        if job in self._held and (job.reply_to or await self._absent([f"{job.name}:{job.id}"])):
            self._over(job)

    async def _all_unwanted(self, asker: Asker | None) -> None:
        for job in list(asker.jobs) if asker else ():
            await self._unwanted(job)

    def _over(self, job: RunningJob) -> None:
        if not job.over and job in self._held:
            job.over = True
            job.handling.cancel()
            self._end(job)

    async def _absent(self, channels: list[str]) -> list[str]:
        """Which of the channels nobody subscribes."""
        counts = await self._send("PUBSUB", "NUMSUB", *channels) if channels else []
        return [channel for channel, count in zip(channels, counts[1::2]) if count == 0]

    async def _watch(self) -> None:
        """Once a second: are those who asked there still, and the other workers?"""
        while True:
            await asyncio.sleep(1)
            with suppress(Unavailable):  # the next time
                for job in [job for job in self._held if job.unwanted]:
                    await self._unwanted(job)
                workers = [each.decode() for each in await self._send("SMEMBERS", f"{self.jobs}:workers")]
                others = {wire.worker_channel(each): each for each in workers if each != self.id}
                doubted = await self._absent([*self._askers, *others])
                if doubted and monotonic() - self._disturbed > 3:
                    await asyncio.sleep(RETRY)  # a connection that breaks is made again in a moment
                    for channel in await self._absent(doubted):
                        await self._all_unwanted(self._askers.get(channel))
                        if channel in others:
                            await self._give_back(others[channel])

    async def _pulse(self) -> None:
        while True:
            await asyncio.sleep(RETRY)
            self._start(self._sure())

    async def _sure(self) -> None:
        """Comes back when a process that stood still has heard all that it was told meanwhile."""
        stood_still, self._beat = monotonic() - self._beat > 1, monotonic()
        if stood_still:
            self._proof = self._start(self.events.subscriber.ping())
        if self._proof:
            with suppress(Unavailable):
                await asyncio.shield(self._proof)
            self._proof = None
