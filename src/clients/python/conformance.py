"""The adapter for the conformance runner (src/docs/conformance.md):

    java -jar server-events.jar conformance -- python3 conformance.py [redis-py]
"""

import asyncio
import base64
import binascii
import json
import logging
import os
import re
import sys
from typing import Any

from server_events import Conflict, Failure, InvalidInput, Raw, RunningJob, ServerEvents, Unavailable, wire

URL = os.environ["REDIS_URL"]
Given = dict[str, Any]
running: dict[tuple[str, str], tuple[RunningJob, "asyncio.Future[Any]"]] = {}
workers = {}


def say(**answer: Any) -> None:
    print(json.dumps(answer), flush=True)


def payload(given: Given) -> bytes:
    return base64.b64decode(given["payload64"]) if "payload64" in given else given["payload"].encode()


def failure(given: Given) -> Failure:
    detail = json.loads(given["detail"]) if "detail" in given else None
    return Failure(given["code"], given.get("message", "The job failed"), detail)


def sent(channel: str, name: Any, id: Any, args: Any) -> Given:
    return {"channel": channel, "payload": wire.payload(name, id, args)}


def told_failure(failed: Failure) -> Given:
    detail = {} if failed.detail is None else {"detail": json.dumps(failed.detail)}
    return {"code": failed.code, "message": failed.message, **detail}


def decode(given: Given) -> Given:
    event = wire.read(payload(given))
    if event is None:
        return {"kind": "malformed"}
    if (event.name, event.id) != (str(given["name"]), str(given["id"])):
        return {"kind": "other"}
    if event.failure is None:
        return {"kind": "event", "args": event.text}
    return {"kind": "failure", **told_failure(event.failure)}


def slot(channel: str) -> int:
    """The hash slot of a channel on a cluster: CRC16 of it, or of its hash tag."""
    tag = re.match(r"[^{]*\{([^}]+)\}", channel)
    return binascii.crc_hqx((tag[1] if tag else channel).encode(), 0) % 16_384


def in_camel_case(fields: Given) -> Given:
    return {re.sub("_(.)", lambda match: match[1].upper(), name): value for name, value in fields.items()}


def told(data: bytes) -> Given:
    kind, about = wire.told(data)
    return {"kind": kind, **in_camel_case(about)}


def job(given: Given) -> Given:
    read = {"headers": {}, **wire.job(given["text"].encode())}
    read["data"] = read.pop("data_text")
    return in_camel_case(read)


async def handle(job: RunningJob) -> Any:
    """The handler of all jobs: it does what the runner says."""
    ended = asyncio.get_running_loop().create_future()
    running[job.name, job.id] = job, ended
    say(event="job", name=job.name, id=job.id, data=job.data_text)
    try:
        return await ended
    except asyncio.CancelledError:
        if job.gone:
            say(event="over", name=job.name, id=job.id)
        raise


PURE = {
    "encode": lambda name, id, args: sent(wire.channel(name, id), name, id, Raw(args)),
    "progress": lambda name, id, args: sent(wire.progress_channel(name, id), name, id, Raw(args)),
    "reply": lambda replyTo, name, id, args: sent(wire.check("replyTo", replyTo), name, id, Raw(args)),
    "failure": lambda name, id, **given: sent(
        wire.channel(name, id), name, id, [wire.failure(failure(given))]),
    "decode": lambda **given: decode(given),
    "told": lambda **given: told(payload(given)),
    "job": lambda **given: job(given),
    "slot": lambda channel: {"slot": slot(channel)},
    "retainedKey": lambda name, id: {"key": wire.retained_key(name, id)},
    "idempotencyKey": lambda name, id, key: {
        "key": wire.idempotency_key(name, id, key), "retainedKey": wire.retained_key(name, id)},
    "fingerprint": lambda payload, retain: {"fingerprint": wire.fingerprint(payload, retain)},
    "channels": lambda name, workerId: {
        "serves": wire.serves_channel(name), "worker": wire.worker_channel(workerId)},
    "claim": lambda name, id, workerId, givesBack=False: {
        "payload": wire.to_json(["$claim", name, id, workerId, *([{"givesBack": True}] if givesBack else [])])},
    "alive": lambda workerId, **job: {"payload": wire.to_json(["$alive", workerId, *job.values()])},
}


class Live:
    def __init__(self, events: ServerEvents) -> None:
        self.events = events

    async def on(self, call: int, name: Any, id: Any, timeout: int, retained: bool = False) -> Given:
        async def start() -> None:
            say(event="subscribed", call=call)

        args = await self.events.on(name, id, timeout=timeout / 1_000, retained=retained, start=start)
        return {"args": args.text}

    async def emit(self, call: int, name: Any, id: Any, args: str, retain: int | None = None,
                   idempotencyKey: str | None = None) -> Given:
        retained = 0 if retain is None else retain / 1_000
        return {"receivers": await self.events.emit(
            name, id, Raw(args), retain=retained, idempotency_key=idempotencyKey)}

    async def fail(self, call: int, name: Any, id: Any, retain: int = 0, **given: Any) -> Given:
        return {"receivers": await self.events.fail(name, id, failure(given), retain=retain / 1_000)}

    async def progress(self, call: int, name: Any, id: Any, args: str, live: bool) -> Given:
        return {"receivers": await self.events.progress(name, id, Raw(args))}

    async def reply(self, call: int, replyTo: str, name: Any, id: Any, args: str, live: bool) -> Given:
        return {"receivers": await self.events.emit(name, id, Raw(args), reply_to=replyTo)}

    async def work(self, call: int, name: str, list: str, concurrency: int = 1) -> Given:
        workers[name] = await self.events.work(name, handle, jobs=list, concurrency=concurrency)
        return {"workerId": workers[name].id, "recovers": True}

    async def finish(self, call: int, name: Any, id: Any, args: str) -> None:
        ended = running[str(name), str(id)][1]
        ended.done() or ended.set_result(Raw(args))

    async def failJob(self, call: int, name: Any, id: Any, **given: Any) -> None:
        ended = running[str(name), str(id)][1]
        ended.done() or ended.set_exception(failure(given))

    async def progressJob(self, call: int, name: Any, id: Any, args: str) -> None:
        await running[str(name), str(id)][0].progress(Raw(args))

    async def stopWork(self, call: int, name: str) -> None:
        await workers[name].close()

    async def crash(self, call: int) -> None:
        os._exit(1)

    async def close(self, call: int) -> None:
        await self.events.close()


async def answer(live: Live, line: bytes) -> None:
    asked = json.loads(line)
    call, what, given = asked["call"], asked["do"], asked.get("in", {})
    try:
        if what in PURE and "live" not in given:
            out = PURE[what](**given)
        elif method := getattr(live, what, None):
            out = await method(call, **given)
        else:
            say(call=call, error="unsupported", message=what)
            return
        say(call=call, out=out or {})
    except Failure as failed:
        say(call=call, error="failure", **told_failure(failed))
    except (InvalidInput, Unavailable, TimeoutError, Conflict) as cause:
        kinds = {InvalidInput: "invalid", Unavailable: "unavailable", Conflict: "conflict", TimeoutError: "timeout"}
        [kind] = [kind for error, kind in kinds.items() if isinstance(cause, error)]
        say(call=call, error=kind, message=str(cause))


async def main() -> None:
    logging.basicConfig(stream=sys.stderr)
    redis: Any = URL
    if sys.argv[1:] == ["redis-py"]:
        import redis.asyncio

        redis = redis.asyncio.Redis.from_url(URL)
    events = ServerEvents(redis)
    reader = asyncio.StreamReader(limit=1 << 26)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    tasks = set()
    while line := await reader.readline():
        task = asyncio.create_task(answer(Live(events), line))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    if tasks:
        await asyncio.wait(tasks, timeout=1)
    await events.close()


asyncio.run(main())
