"""The worker of the section "languages": python3 worker.py URL"""

import asyncio
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "clients" / "python"))

from server_events import RunningJob, ServerEvents  # noqa: E402

RESULT = "x" * 200


async def answer(job: RunningJob) -> str:
    return RESULT


async def main() -> None:
    events = ServerEvents(sys.argv[1])
    await events.work("bench.python", answer, concurrency=100)
    print("ready", flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
