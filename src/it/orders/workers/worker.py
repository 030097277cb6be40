"""Worker.java in Python, with the client of src/clients/python."""

import asyncio
import os
import signal

from server_events import Failure, RunningJob, ServerEvents

PRICES = {"tea": 3, "coffee": 4}
RETAINED_S = 60


async def price(job: RunningJob) -> object:
    item, quantity = job.data["item"], job.data["quantity"]
    if item not in PRICES:
        raise Failure(422, "There is no such item", item)
    await job.progress([50, "%"])
    await asyncio.sleep(0.2)  # this work takes a while
    return {"id": job.id, "price": PRICES[item] * quantity}


async def main() -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with ServerEvents(os.environ.get("REDIS", "redis://localhost:6379")) as events:
        await events.work("orders.priced", price, retain=RETAINED_S)
        print("The worker waits for jobs", flush=True)
        await stop.wait()  # the job in hand is done before the process ends


asyncio.run(main())
