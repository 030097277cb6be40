"""A worker that loses no job: see "Workers" and "Jobs on a list" in wire-protocol.md."""

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from . import _wire as wire
from ._redis import LOG, Action, Redis, Unavailable, insist, pause, spawn


async def each(payloads: AsyncIterator[Any], heard: Callable[[Any], object]) -> None:
    """Has something called with each payload, until it is cancelled."""
    with suppress(Unavailable):  # the client is closed
        async for payload in payloads:
            heard(payload)


@dataclass(eq=False)
class RunningJob:
    """A job that a worker has; its handler is cancelled when nobody wants the result any more."""

    worker: "Worker" = field(repr=False)
    name: str
    id: str
    data: Any
    data_text: str = field(repr=False)
    reply_to: str | None = None
    claim_to: str | None = None
    deadline: int | None = None
    stalled_after: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    handling: "asyncio.Future[wire.Args]" = field(init=False, repr=False)
    gone = False  # it needs no answer any more
    unwanted = False
    silence = 0.0  # for so many seconds its server has left signs of life unanswered

    async def progress(self, args: wire.Args = ()) -> int:
        """Tells streams how far the job is, and the server that it has got on."""
        if self.claim_to:
            spawn(self.worker.tell(self, "$alive", self.worker.id, self.name, self.id))
        return int(await insist(self, self.worker.peer.progress, self.name, self.id, args) or 0)


class Worker:
    def __init__(self, peer: Any, name: str, handler: Callable[[RunningJob], Awaitable[Any]],
                 jobs: str, concurrency: int, retain: float) -> None:
        self.peer, self.handler = peer, wire.check("handler", handler)
        self.retain, self.id = wire.check("retain", retain), str(uuid.uuid4())
        self._concurrency, self._turn = wire.check("concurrency", concurrency), asyncio.Lock()
        self.jobs = f"$jobs:{{{wire.check('list', jobs)}}}"
        self.own, self.workers = f"{self.jobs}:{self.id}", f"{self.jobs}:workers"
        self._lease = peer.subscriber.hear(wire.worker_channel(self.id))
        self._service = peer.subscriber.hear(wire.serves_channel(name))
        self._send, self._blocking = peer.commands.send, Redis(peer.commands.redis)
        self._held: dict[RunningJob, bytes] = {}  # the jobs that have not ended, with their texts
        self._looked = 0.0  # when it found no more than those on its own list
        self.gone = False  # it takes no more jobs

    async def start(self) -> None:
        with ExitStack() as opened:  # what is closed at the end, or if this fails
            opened.callback(self._blocking.close)
            await anext(self._lease)  # now, Redis has confirmed
            opened.callback(spawn(each(self._lease, self._told)).cancel)
            await anext(self._service)
            self._serving = spawn(each(self._service, lambda payload: None))
            opened.callback(self._serving.cancel)
            await insist(self, self._recover)
            self._opened = opened.pop_all()
        self._watching = spawn(self._watch())
        self._lanes = [spawn(self._lane()) for _ in range(self._concurrency)]

    async def close(self) -> None:
        """Takes no more jobs, and comes back when those that it has have ended."""
        self.gone = True
        self._serving.cancel()
        await asyncio.gather(*self._lanes)
        self._watching.cancel()
        with suppress(Unavailable):  # others do it when the lease has ended
            await self._give_back(self.id)
        self._opened.close()

    async def _insist(self, whose: Any, action: Action, *args: Any) -> Any:
        """Does something until Redis has done it or refused it, or who needs it is gone."""
        try:
            return await insist(whose, action, *args)
        except Exception as cause:
            await pause(cause)

    async def _lane(self) -> None:
        """Does one job after another."""
        while not self.gone:
            async with self._turn:
                text = await self._insist(self, self._take)
            if text and not self.gone:  # else it is given back
                await self._run(text)

    async def _take(self) -> Any:
        """Takes a job that was moved to its own list without its knowledge, or a new one."""
        if monotonic() - self._looked >= 1:
            texts = Counter(await self._send("LRANGE", self.own, 0, -1))
            if unknown := texts - Counter(self._held.values()):
                return next(iter(unknown))
            self._looked = monotonic()
        return await self._blocking.send("BLMOVE", self.jobs, self.own, "LEFT", "RIGHT", 1)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(1)
            await self._insist(None, self._recover)

    async def _recover(self) -> None:
        """Says that the worker is there, and gives back the jobs of workers that are gone."""
        await self._send("SADD", self.workers, self.id)
        ids = [each.decode() for each in await self._send("SMEMBERS", self.workers)]
        doubted = await self._absent([wire.worker_channel(id) for id in ids])
        if doubted and self._is_calm():
            await asyncio.sleep(0.25)  # a connection that breaks is made again in a moment
            for channel in await self._absent(doubted):
                await self._give_back(channel.removeprefix(wire.worker_channel("")))

    async def _give_back(self, worker_id: str) -> None:
        """Gives the jobs of a worker back, the last one first, so that they keep their order."""
        own = f"{self.jobs}:{worker_id}"
        count = min(await self._send("LLEN", own), 1_000)
        await self.peer.commands.transaction(*[("LMOVE", own, self.jobs, "RIGHT", "LEFT")] * count)
        await self._send("SREM", self.workers, worker_id)
        if await self._send("LLEN", own):
            await self._send("SADD", self.workers, worker_id)

    async def _absent(self, channels: list[str]) -> list[str]:
        """Which of the channels nobody subscribes."""
        counts = await self._send("PUBSUB", "NUMSUB", *channels)
        return [channel for channel, count in zip(channels, counts[1::2]) if count == 0]

    async def _run(self, text: bytes) -> Any:
        """Does a job until Redis has forgotten it."""
        try:
            job = RunningJob(self, **wire.job(text))
        except wire.InvalidInput as cause:
            LOG.error("Dropped from %s, since it is no job: %s", self.jobs, cause)
            return await self._forget(text)
        self._held[job] = text
        if job.claim_to:
            spawn(self._keep(job))
        job.handling = spawn(self._result(job))
        [outcome] = await asyncio.gather(job.handling, return_exceptions=True)
        if isinstance(outcome, Exception):
            LOG.error("The job %s:%s failed", job.name, job.id, exc_info=outcome)
        args = [wire.failure(wire.Failure(500))] if isinstance(outcome, BaseException) else outcome
        await self._insist(job, self._emit, job, args)
        job.gone = True
        if await self._forget(text) is not None:  # else it is not done again
            del self._held[job]

    async def _result(self, job: RunningJob) -> wire.Args:
        try:
            result = await self.handler(job)
            some: wire.Args = [] if result is None else [result]
            args = result if isinstance(result, wire.Raw) else some
        except wire.Failure as failure:
            args = [wire.failure(failure)]
        wire.payload(job.name, job.id, args)  # can it be written?
        return args

    async def _emit(self, job: RunningJob, args: wire.Args) -> None:
        if job.claim_to:
            await self.peer.subscriber.send("PING")  # what came before has been heard
        if not job.gone:
            await self.peer.emit(job.name, job.id, args, retain=self.retain, reply_to=job.reply_to)

    async def _forget(self, text: bytes) -> Any:
        return await self._insist(None, self._send, "LREM", self.own, 1, text)

    async def _over(self, job: RunningJob) -> None:
        job.gone = True
        job.handling.cancel()

    async def tell(self, job: RunningJob, *signal: Any) -> Any:
        """Tells the server that asked for the job."""
        return await self._insist(job, self._send, "PUBLISH", job.claim_to, wire.to_json(signal))

    async def _claim(self, job: RunningJob) -> None:
        await self.tell(job, "$claim", job.name, job.id, self.id, {"givesBack": True})

    async def _keep(self, job: RunningJob) -> None:
        """Claims the job, and shows signs of life; a server that leaves them unanswered is gone."""
        await self._claim(job)
        every = min(1, (job.stalled_after or 4_000) / 4_000)
        while not job.gone:
            await asyncio.sleep(every)
            receivers = await self.tell(job, "$alive", self.id)
            if self._is_calm():
                job.silence += every if receivers else 11  # two such are enough
            if job.unwanted or job.silence > 20:
                await self._unwanted(job)

    def _is_calm(self) -> bool:
        """Whether Redis has been there for long enough for the others to be there, too."""
        return bool(monotonic() - max(self.peer.subscriber.since, self._blocking.since) > 3)

    def _told(self, payload: bytes | None) -> None:
        """Does what servers say, and claims again when they may have missed a claim."""
        actions = {"reclaim": self._claim, "revoked": self._over, "unwanted": self._unwanted}
        kind, about = ("reclaim", {}) if payload is None else wire.told(payload)
        for job in [job for job in self._held if job.claim_to and not job.gone]:
            if kind != "malformed" and about.items() <= vars(job).items():
                job.silence = 0
                if kind in actions:
                    spawn(actions[kind](job))

    async def _unwanted(self, job: RunningJob) -> None:
        """Unless its result is for one server alone, others may wait for it."""
        job.unwanted = True
        if job.reply_to or await self._insist(job, self._absent, [wire.channel(job.name, job.id)]):
            await self._over(job)
