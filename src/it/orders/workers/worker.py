"""Worker.java in Python, by the wire protocol alone. It needs Python 3 and nothing else."""

import json
import os
import socket
import time
from urllib.parse import urlparse

PRICES = {"tea": 3, "coffee": 4}
NAME = "orders.priced"
JOBS = f"$jobs:{{{NAME}}}"
RETAINED_MS = 60_000


class Redis:
    """Sends commands over a socket. A client library of Redis does the same, and more."""

    def __init__(self, url):
        address = urlparse(url)
        self.socket = socket.create_connection((address.hostname, address.port or 6379))
        self.input = self.socket.makefile("rb")

    def send(self, *command):
        words = [str(word).encode() for word in command]
        self.socket.sendall(
            b"*%d\r\n" % len(words)
            + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)
        )
        return self.reply()

    def reply(self):
        line = self.input.readline()
        kind, value = line[:1], line[1:-2].decode()
        if kind == b"+":  # for example OK
            return value
        if kind == b":":
            return int(value)
        if kind == b"$":  # a string of so many bytes, or -1 for none
            return self.input.read(int(value) + 2)[:-2].decode() if value != "-1" else None
        if kind == b"*":  # so many replies, or -1 for none
            return [self.reply() for _ in range(int(value))] if value != "-1" else None
        raise ConnectionError(value or "Redis has closed the connection")


def payload(id, *args):
    return json.dumps([NAME, id, *args], ensure_ascii=False)


def emit_progress(redis, id, *args):
    redis.send("PUBLISH", f"$progress:{NAME}:{id}", payload(id, *args))


def emit_retained(redis, id, *args):
    key = f"$retained:{{{NAME}:{id}}}:{len(NAME.encode())}"
    redis.send("MULTI")
    redis.send("SET", key, payload(id, *args), "PX", RETAINED_MS)
    redis.send("PUBLISH", f"{NAME}:{id}", payload(id, *args))
    redis.send("EXEC")


def work(redis, job):
    id, order = job["id"], job["data"]
    if order["item"] not in PRICES:
        failure = {"code": 422, "message": "There is no such item", "detail": order["item"]}
        emit_retained(redis, id, {"$failure": failure})
        return
    emit_progress(redis, id, 50, "%")
    time.sleep(0.2)  # this work takes a while
    emit_retained(redis, id, {"id": id, "price": PRICES[order["item"]] * order["quantity"]})


def main():
    redis = Redis(os.environ.get("REDIS", "redis://localhost:6379"))
    print("The worker waits for jobs", flush=True)
    while True:
        _, job = redis.send("BLPOP", JOBS, 0)
        work(redis, json.loads(job))


main()
