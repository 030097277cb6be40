"""The bytes of the wire protocol (src/docs/wire-protocol.md). Nothing here talks to Redis."""

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from reprlib import repr as brief
from typing import Any


class InvalidInput(ValueError):
    """The caller's input cannot be sent."""


class Conflict(Exception):
    """The idempotency key was used to emit something else."""


class Failure(Exception):
    """A job failed: a handler raises one, and `on` raises one."""

    def __init__(self, code: int, message: str = "The job failed", detail: Any = None) -> None:
        super().__init__(message)
        self.code, self.message, self.detail = check("code", code), message, detail


@dataclass(frozen=True)
class Raw:
    """JSON text that is passed on byte for byte: one argument, or all of them as an array."""

    text: str

    def __post_init__(self) -> None:
        _parse(to_json(self).encode(errors="surrogatepass"))


class Arguments(list[Any]):
    """The arguments of an event, with its name and id; `text` is their JSON, byte for byte."""

    def __init__(self, event: Any, parts: list[str]) -> None:
        super().__init__(check("event", event)[2:])
        texts = [part if isinstance(part, str) else text for part, text in zip(event, parts)]
        self.name, self.id, *self.texts = texts
        self.text = f"[{','.join(parts[2:])}]"
        self.failure: Failure | None = None
        match event[2:]:
            case [{"$failure": dict(given)}]:
                message = given.get("message")
                words = message if isinstance(message, str) else "The job failed"
                self.failure = Failure(given.get("code", 0), words, given.get("detail"))


Key = str | int
Args = Sequence[Any] | Raw
Check = Callable[[Any], object]


def _is_key(value: Any, start: str = "") -> bool:
    is_utf8 = type(value) in (str, int) and re.fullmatch(start + r"[^\ud800-\udfff]+", str(value))
    return bool(is_utf8) and len(str(value).encode()) <= 512


def _matches(pattern: str) -> Check:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value, re.DOTALL)


def _is_within(least: int, most: int) -> Check:
    return lambda value: type(value) is int and least <= value <= most


_INBOX = _matches(r"\$inbox:[^\ud800-\udfff]{0,1017}"), "at most 1,024 characters, led by $inbox:"
_MS = _is_within(0, 604_800_000), "an integer of ms, at most 7 days"
_RULES: dict[str, tuple[Check, str]] = {  # what the value of each field must be
    "name": (lambda name: _is_key(name, r"(?!\$|__)"), "1 to 512 bytes, not led by $ or __"),
    "id": (_is_key, "1 to 512 bytes of UTF-8, or an integer"),
    "list": (lambda name: _is_key(name, "(?!})"), "1 to 512 bytes, not led by }"),
    "args": (lambda args: isinstance(args, list), "an array"),
    "failure": (lambda failure: isinstance(failure, Failure), "a Failure"),
    "event": (lambda event: isinstance(event, list) and len(event) > 1
              and {*map(type, event[:2])} <= {str, int, float}, "an array with a name and an id"),
    "job": (lambda job: isinstance(job, dict), "an object"),
    "depth": (_is_within(0, 500), "at most 500 levels"),
    "code": (_is_within(-(2**31), 2**31 - 1), "an integer of 32 bits"),
    "idempotency_key": (_matches("[!-~]{1,255}"), "1 to 255 visible ASCII characters"),
    "headers": (lambda headers: isinstance(headers, dict)
                and {*map(type, headers.values())} <= {str}, "an object of texts"),
    "replyTo": _INBOX, "reply_to": _INBOX, "claimTo": _INBOX,
    "deadline": _MS, "stalledAfter": _MS,
    "retain": (lambda seconds: isinstance(seconds, (int, float)) and 0 <= seconds <= 604_800,
               "a number of seconds, at most 7 days"),
    "timeout": (lambda seconds: isinstance(seconds, (int, float)) and seconds > 0,
                "a number of seconds, more than 0"),
    "concurrency": (_is_within(1, 10_000), "an integer from 1 to 10,000"),
    "handler": (callable, "a function"),
    "start": (lambda start: start is None or callable(start), "a function"),
}


def check(field: str, value: Any) -> Any:
    """Gives the value of a field if it is right."""
    is_right, rule = _RULES[field]
    if not is_right(value):
        raise InvalidInput(f"{field} must be {rule}, and is {brief(value)}")
    return value


def _parse(data: bytes) -> tuple[Any, list[str]]:
    """The value of JSON, and the texts of an array's elements, or an object's names and values."""
    try:
        text, cuts, depth = data.decode(), [], 0
        # A text is one token, also if it does not end
        for token in re.finditer(r'"(?:[^"\\]+|\\.)*+"?|[\[{,:\]}]', text, re.DOTALL):
            depth = check("depth", depth + (token[0] in "[{"))
            if depth == 1 and token[0] in "[{,:]}":
                cuts.append(token.start())
            depth -= token[0] in "]}"
        parts = [part for start, end in pairwise(cuts) if (part := text[start + 1:end].strip())]
        return json.loads(text, parse_constant=int, parse_int=_integer), parts  # int refuses NaN
    except ValueError as cause:
        raise InvalidInput(f"This is not JSON: {cause}") from None


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) < 4_000 else float(digits)  # Python reads no longer ones


def to_json(value: Any) -> str:
    if isinstance(value, Raw):
        return str(value.text)
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as cause:
        raise InvalidInput(f"This cannot be written as JSON: {cause}") from None


# Channels and keys
def channel(name: Key, id: Key) -> str:
    return f"{check('name', name)}:{check('id', id)}"


def progress_channel(name: Key, id: Key) -> str:
    return f"$progress:{channel(name, id)}"


def worker_channel(worker_id: str) -> str:
    return f"$worker:{worker_id}"


def serves_channel(name: str) -> str:
    return f"$serves:{check('name', name)}"


def retained_key(name: Key, id: Key, kind: str = "retained") -> str:
    return f"${kind}:{{{channel(name, id)}}}:{len(str(name).encode())}"


def idempotency_key(name: Key, id: Key, key: str) -> str:
    return f"{retained_key(name, id, 'idempotency')}:{check('idempotency_key', key)}"


# What a peer publishes
def payload(name: Key, id: Key, args: Args = ()) -> str:
    channel(name, id)  # are they right?
    text = f"[{','.join(map(to_json, args))}]" if isinstance(args, (list, tuple)) else to_json(args)
    value, parts = _parse(text.encode(errors="surrogatepass"))
    check("args", value)
    return f"[{','.join([to_json(name), to_json(id), *parts])}]"


def failure(failed: Failure) -> dict[str, Any]:
    """The only argument of the event that says that a job failed."""
    more = {} if check("failure", failed).detail is None else {"detail": failed.detail}
    return {"$failure": {"code": failed.code, "message": str(failed.message), **more}}


def fingerprint(payload: str, retain_ms: int) -> str:
    return hashlib.sha256(f"{payload}{retain_ms}".encode()).hexdigest()


def read(data: bytes) -> Arguments | None:
    """Reads a payload that anybody may have published; gives nothing if it is malformed."""
    try:
        return Arguments(*_parse(data))
    except InvalidInput:
        return None


def told(data: bytes) -> tuple[str, dict[str, str]]:
    """Reads what a worker is told, and of which job, or of all jobs with which inbox."""
    match read(data):
        case Arguments(name="$alive" | "$reclaim" as kind, id=claim_to):
            return kind[1:], {"claim_to": claim_to}
        case Arguments(name="$unwanted" | "$revoked" as kind, id=name, texts=[id, claim_to, *_]):
            return kind[1:], {"name": name, "id": id, "claim_to": claim_to}
    return "malformed", {}


_OPTIONAL = {"replyTo": "reply_to", "claimTo": "claim_to", "deadline": "deadline",
             "stalledAfter": "stalled_after", "headers": "headers"}


def job(data: bytes) -> dict[str, Any]:
    """Reads a job; raises InvalidInput."""
    value, parts = _parse(data)
    given = {name: each for name, each in check("job", value).items() if each is not None}
    fields = {to: check(name, given[name]) for name, to in _OPTIONAL.items() if name in given}
    written = json.loads(data, parse_int=str, parse_float=str)  # a number is as it is written
    fields |= {name: check(name, written.get(name)) for name in ("name", "id")}
    texts = dict(zip(map(json.loads, parts[::2]), parts[1::2]))
    return {**fields, "data": value.get("data"), "data_text": texts.get("data", "null")}
