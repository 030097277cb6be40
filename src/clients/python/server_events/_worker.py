"""A worker that loses no job: see "Workers" and "Jobs on a list" in wire-protocol.md."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

from . import _wire as wire
from ._redis import LOG, Link, Unavailable, insist, spawn

if TYPE_CHECKING:
    from . import ServerEvents

RETRY = 0.25  # also the time after which an answer that is in doubt is asked for again
GIVE_BACK = 1_000  # jobs in one transaction
FAILED = [wire.failure(wire.Failure(500))]


class RunningJob(wire.Job):
    """A job that a worker has; its handler is cancelled when nobody wants the result any more."""

    text: bytes
    worker: "Worker"
    handling: "asyncio.Task[wire.Args]"
    task: "asyncio.Task[None]"
    gone: "asyncio.Task[None] | None" = None  # forgets it, when it needs no answer any more
    over = False
    unwanted = False
    heard: float  # when its server was heard last

    async def progress(self, args: wire.Args = ()) -> int:
        """Tells streams how far the job is, and the server that it has got on."""
        worker = self.worker
        if self.gone:
            return 0
        if self.claim_to:
            spawn(worker.tell(self, wire.alive(worker.id, self.name, self.id)))
        return await worker.events.progress(self.name, self.id, args)


class Worker:
    def __init__(self, events: "ServerEvents", name: str,
                 handler: Callable[[RunningJob], Awaitable[Any]], jobs: str, concurrency: int,
                 retain: float) -> None:
        self.events, self.name, self.handler = events, name, handler
        self.concurrency, self.retain, self.id = concurrency, retain, str(uuid.uuid4())
        self.jobs = wire.jobs_key(jobs)
        self.own, self.workers = f"{self.jobs}:{self.id}", f"{self.jobs}:workers"
        self._send, self._blocking = events.commands.send, Link(events.redis)
        self._held: dict[RunningJob, None] = {}  # the jobs that have not ended
        self._found: list[bytes] = []  # jobs on its own list that it has not begun
        self._looked, self._disturbed = 0.0, 0.0  # when it looked there, and Redis was away, last
        self._closing = False

    async def start(self) -> None:
        subscriber = self.events.subscriber
        channel = wire.worker_channel(self.id)
        self._lease = subscriber.listen(channel, self._told, self._claim_again)
        await self._lease.confirmed
        self._service = subscriber.listen(wire.serves_channel(self.name))
        await self._service.confirmed
        self._life = spawn(self._live())

    async def _live(self) -> None:
        watch, leave = spawn(self._watch()), self.events.subscriber.leave
        while not self._closing:
            await self._insist(self._take, lambda: not self._closing)
        await leave(self._service)
        while self._held:
            await asyncio.wait([job.task for job in self._held])
        late = monotonic() + 5  # then others give back what is left
        await self._insist(lambda: self._give_back(self.id), lambda: monotonic() < late)
        watch.cancel()
        self._blocking.close()
        await asyncio.wait([leave(self._lease)], timeout=1)

    async def close(self) -> None:
        """Takes no more jobs, and comes back when those that it has have ended."""
        self._closing = True
        await self._life

    async def _insist(self, action: Callable[[], Awaitable[Any]],
                      needed: Callable[[], object]) -> Any:
        """Does something until Redis has done it or refused it, or it is not needed any more."""
        try:
            return await insist(action, needed)
        except Exception as cause:
            LOG.warning("Worker %s: %r", self.id, cause)
            await asyncio.sleep(RETRY)

    async def _take(self) -> None:
        if monotonic() - self._looked >= 1:
            await self._look()
        if len(self._held) >= self.concurrency:
            jobs = [job.task for job in self._held]
            await asyncio.wait(jobs, timeout=1, return_when=asyncio.FIRST_COMPLETED)
            return
        move = "BLMOVE", self.jobs, self.own, "LEFT", "RIGHT", 1
        text = self._found.pop(0) if self._found else await self._blocking.send(*move, waits=1)
        if text and not self._closing:  # else it is given back
            await self._hold(text)

    async def _look(self) -> None:
        """Says that the worker is there, and finds jobs that were moved without its knowledge."""
        await self._send("SADD", self.workers, self.id)
        texts = await self._send("LRANGE", self.own, 0, -1)
        for job in self._held:
            if job.text in texts:
                texts.remove(job.text)
        self._found, self._looked = texts, monotonic()

    async def _forget(self, text: bytes) -> None:
        """Has Redis forget a job; of one that others gave back, nobody may have begun yet."""
        if not await self._send("LREM", self.own, 1, text):
            await self._send("LREM", self.jobs, 1, text)

    async def _give_back(self, worker_id: str) -> None:
        """Gives the jobs of a worker back, the last one first, so that they keep their order."""
        taken = f"{self.jobs}:{worker_id}"
        for left in range(await self._send("LLEN", taken), 0, -GIVE_BACK):
            moves = [("LMOVE", taken, self.jobs, "RIGHT", "LEFT")] * min(left, GIVE_BACK)
            await self.events.commands.transaction(*moves)
        await self._send("SREM", self.workers, worker_id)
        if await self._send("LLEN", taken):
            await self._send("SADD", self.workers, worker_id)

    async def _hold(self, text: bytes) -> None:
        try:
            job = RunningJob(**vars(wire.job(text)))
        except wire.InvalidInput as cause:
            LOG.error("Dropped from %s, since it is no job: %s", self.jobs, cause)
            return await self._forget(text)
        job.text, job.worker, job.heard = text, self, monotonic()
        self._held[job] = None
        if job.claim_to:
            spawn(self._keep(job))
        job.handling = spawn(self._result(job))
        job.task = spawn(self._run(job))

    async def _run(self, job: RunningJob) -> None:
        await asyncio.wait([job.handling])
        args = FAILED if job.handling.cancelled() else job.handling.result()
        await self._insist(lambda: self._answer(job, args), lambda: not job.gone)
        await self._end(job)
        del self._held[job]

    async def _result(self, job: RunningJob) -> wire.Args:
        try:
            try:
                result = await self.handler(job)
                none: wire.Args = [] if result is None else [result]
                args = result if isinstance(result, wire.Raw) else none
            except wire.Failure as failure:
                args = [wire.failure(failure)]
            wire.payload(job.name, job.id, args)  # can it be written?
            return args
        except Exception:
            LOG.exception("The job %s:%s failed", job.name, job.id)
            return FAILED

    async def _answer(self, job: RunningJob, args: wire.Args) -> None:
        await self.events.subscriber.catch_up()  # is the job over?
        if not job.gone:
            emit = self.events.emit
            await emit(job.name, job.id, args, retain=self.retain, reply_to=job.reply_to)

    def _end(self, job: RunningJob) -> "asyncio.Task[None]":
        """The job needs no answer any more."""
        job.gone = job.gone or spawn(self._insist(lambda: self._forget(job.text), lambda: True))
        return job.gone

    def _over(self, job: RunningJob) -> None:
        if not job.gone:
            self._end(job)
            job.over = job.handling.cancel()

    async def tell(self, job: RunningJob, payload: str) -> Any:
        """Tells the server that asked for the job."""
        publish = "PUBLISH", job.claim_to or "", payload
        return await self._insist(lambda: self._send(*publish), lambda: not job.gone)

    async def _claim(self, job: RunningJob) -> None:
        if await self.tell(job, wire.claim(job.name, job.id, self.id, True)) == 0:
            await self._unwanted(job)

    async def _keep(self, job: RunningJob) -> None:
        """Claims the job, and shows signs of life; a server that leaves them unanswered is gone."""
        await self._claim(job)
        subscriber = self.events.subscriber
        while not job.gone:
            await asyncio.sleep(min(5, (job.stalled_after or 20_000) / 4_000))
            await self.tell(job, wire.alive(self.id))
            await self._insist(subscriber.catch_up, lambda: not job.gone)
            is_connected = self._lease.epoch == subscriber.epoch
            if is_connected and monotonic() - job.heard > 20:
                await self._unwanted(job)

    def _claim_again(self) -> None:
        self._disturbed = monotonic()
        for job in self._claimed():
            job.heard = monotonic()
            spawn(self._claim(job))

    def _claimed(self, claim_to: str | None = None) -> list[RunningJob]:
        """The jobs that were claimed at an inbox, or anywhere."""
        jobs = [job for job in self._held if job.claim_to and not job.gone]
        return [job for job in jobs if claim_to in (None, job.claim_to)]

    def _told(self, payload: bytes) -> None:
        told = wire.told(payload)
        if not told:
            return
        for job in self._claimed(told.claim_to):
            job.heard = monotonic()
            if told.kind == "reclaim":
                spawn(self._claim(job))
            elif (told.name, told.id) == (job.name, job.id):
                self._over(job) if told.kind == "revoked" else spawn(self._unwanted(job))

    async def _unwanted(self, job: RunningJob) -> None:
        """Unless its result is for one server alone, others may wait for it."""
        job.unwanted = True
        channel = wire.channel(job.name, job.id)
        if job.reply_to or await self._insist(
                lambda: self._absent([channel]), lambda: not job.gone):
            self._over(job)

    async def _absent(self, channels: list[str]) -> list[str]:
        """Which of the channels nobody subscribes."""
        counts = await self._send("PUBSUB", "NUMSUB", *channels) if channels else []
        return [channel for channel, count in zip(channels, counts[1::2]) if count == 0]

    async def _watch(self) -> None:
        """Once a second: are those who asked there still, and the other workers?"""
        while True:
            await asyncio.sleep(1)
            with suppress(Unavailable):  # the next time
                for job in [job for job in self._claimed() if job.unwanted]:
                    await self._unwanted(job)
                ids = [each.decode() for each in await self._send("SMEMBERS", self.workers)]
                others = {wire.worker_channel(id): id for id in ids if id != self.id}
                askers = {job.claim_to or "" for job in self._claimed()}
                doubted = await self._absent([*askers, *others])
                if doubted and monotonic() - self._disturbed > 3:
                    await asyncio.sleep(RETRY)  # a connection that breaks is made again in a moment
                    for channel in await self._absent(doubted):
                        for job in self._claimed(channel):
                            await self._unwanted(job)
                        if channel in others:
                            await self._give_back(others[channel])
