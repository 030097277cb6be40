"""The bytes of the wire protocol (src/docs/wire-protocol.md). Nothing here talks to Redis."""

import binascii
import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class InvalidInput(ValueError):
    """The caller's input cannot be sent."""


class Conflict(Exception):
    """The idempotency key was used to emit something else."""


class Failure(Exception):
    """A job failed: a handler raises one, and `on` raises one."""

    def __init__(self, code: int, message: str = "The job failed", detail: Any = None) -> None:
        super().__init__(message)
        self.code, self.message, self.detail = code, message, detail
        self.detail_text: str | None = None


@dataclass(frozen=True)
class Raw:
    """JSON text that is passed on byte for byte: one argument, or all of them as an array."""

    text: str


class Arguments(list[Any]):
    """The arguments of an event; `text` is their JSON, byte for byte."""

    text = "[]"


Key = str | int
Args = Sequence[Any] | Raw
_TOKEN = re.compile(r'"(?:[^"\\]+|\\.)*"|[\[{,:\]}]', re.DOTALL)


def check(is_right: bool, message: str, error: type[Exception] = InvalidInput) -> None:
    if not is_right:
        raise error(message)


def split(text: str) -> list[str]:
    """The texts of the elements of a JSON array, or of an object's names and values in turn."""
    parts, depth, start = [], 0, 0
    for token in _TOKEN.finditer(text):
        opens, ends = token[0] in "[{", token[0] in ",:]}"
        depth += opens
        check(depth <= 500, "This is nested more than 500 levels deep")
        if depth == 1 and ends:
            parts.append(text[start:token.start()].strip())
        if depth == 1 and (opens or ends):
            start = token.end()
        depth -= token[0] in "]}"
    return [] if parts == [""] else parts


def fields(text: str) -> dict[str, str]:
    """The texts of the values of a JSON object, by name."""
    parts = iter(split(text))
    return {json.loads(name): value for name, value in zip(parts, parts)}


def _parse(data: bytes | str) -> tuple[Any, str, list[str]]:
    """The value, its text, and the parts of that."""
    try:
        text = data if isinstance(data, str) else data.decode()
        parts = split(text)
        return json.loads(text, parse_constant=int), text, parts  # int refuses NaN
    except ValueError as cause:
        raise InvalidInput(f"This is not JSON: {cause}") from None


def _json(value: Any) -> str:
    if isinstance(value, Raw):
        return value.text
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return text.encode().decode()
    except (TypeError, ValueError, RecursionError) as cause:
        raise InvalidInput(f"This cannot be written as JSON: {cause}") from None


def _key(what: str, value: Any) -> str:
    """Checks the name of an event, its id, or the name of a list, and gives its text."""
    check(type(value) in (str, int), f"{what} must be a text or an integer")
    text = _json(value) if isinstance(value, int) else str(value)
    is_right = 0 < len(text.encode(errors="replace")) <= 512
    check(is_right, f"{what} must have 1 to 512 bytes of UTF-8")
    check(what != "name" or not text.startswith(("$", "__")), "name must not begin with $ or __")
    return text


def _is_integer(value: Any, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


def _is_inbox(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("$inbox:") and len(value) <= 1024


# Channels and keys
def channel(name: Key, id: Key) -> str:
    return f"{_key('name', name)}:{_key('id', id)}"


def progress_channel(name: Key, id: Key) -> str:
    return f"$progress:{channel(name, id)}"


def inbox(reply_to: str) -> str:
    check(_is_inbox(reply_to), "reply_to must begin with $inbox:")
    return reply_to


def _kept(name: Key, id: Key) -> str:
    return f"{{{channel(name, id)}}}:{len(str(name).encode())}"


def retained_key(name: Key, id: Key) -> str:
    return f"$retained:{_kept(name, id)}"


def idempotency_key(name: Key, id: Key, key: str) -> str:
    is_key = isinstance(key, str) and re.fullmatch("[!-~]{1,255}", key) is not None
    check(is_key, "idempotency_key must be 1 to 255 visible ASCII characters")
    return f"$idempotency:{_kept(name, id)}:{key}"


def worker_channel(worker_id: str) -> str:
    return f"$worker:{worker_id}"


def serves_channel(name: str) -> str:
    return f"$serves:{_key('name', name)}"


def jobs_key(name: str) -> str:
    check(not _key("list", name).startswith("}"), "list must not begin with }")
    return f"$jobs:{{{name}}}"


def slot(channel: str) -> int:
    """The hash slot of a key or a channel on a cluster: CRC16 of it, or of its hash tag."""
    tag = re.match(r"[^{]*\{([^}]+)\}", channel)
    return binascii.crc_hqx((tag[1] if tag else channel).encode(), 0) % 16_384


# What a peer publishes
def payload(name: Key, id: Key, args: Args = ()) -> str:
    channel(name, id)  # are they right?
    if isinstance(args, Raw):
        value, _, parts = _parse(args.text)
        check(isinstance(value, list), "args must be an array")
        args = [Raw(part) for part in parts]
    text = f"[{','.join(map(_json, [name, id, *args]))}]"
    _parse(text)  # is it right, and not nested too deep?
    return text


def failure(failed: Failure) -> Raw:
    """The only argument of the event that says that a job failed."""
    is_code = _is_integer(failed.code, -(2**31), 2**31 - 1)
    check(is_code, "code must be an integer of 32 bits")
    more = "" if failed.detail is None else f',"detail":{_json(failed.detail)}'
    message = _json(str(failed.message))
    return Raw(f'{{"$failure":{{"code":{failed.code},"message":{message}{more}}}}}')


def fingerprint(payload: str, retain_ms: int) -> str:
    return hashlib.sha256(f"{payload}{retain_ms}".encode()).hexdigest()


def alive(*parts: Key) -> str:
    return _json(["$alive", *parts])


def claim(name: Key, id: Key, worker_id: str, gives_back: bool) -> str:
    return _json(["$claim", name, id, worker_id, *([{"givesBack": True}] if gives_back else [])])


class Event(NamedTuple):
    """A payload as it was read."""

    name: str
    id: str
    args: Arguments
    texts: list[str]
    failure: Failure | None


def read(data: bytes | str) -> Event | None:
    """Reads a payload that anybody may have published; gives nothing if it is malformed."""
    try:
        value, _, parts = _parse(data)
        is_event = isinstance(value, list) and len(value) > 1
        if not is_event or any(type(part) not in (str, int, float) for part in value[:2]):
            return None
        name, id, *texts = (p if isinstance(p, str) else text for p, text in zip(value, parts))
        args = Arguments(value[2:])
        args.text = f"[{','.join(parts[2:])}]"
        return Event(name, id, args, texts, _failure_of(args, texts))
    except InvalidInput:
        return None


def _failure_of(args: list[Any], texts: list[str]) -> Failure | None:
    given = args[0].get("$failure") if len(args) == 1 and isinstance(args[0], dict) else None
    if not isinstance(given, dict):
        return None
    code, message, detail = given.get("code", 0), given.get("message"), given.get("detail")
    check(_is_integer(code, -(2**31), 2**31 - 1), "The code is no integer of 32 bits")
    failed = Failure(code, message if isinstance(message, str) else "The job failed", detail)
    if detail is not None:
        failed.detail_text = fields(fields(texts[0])["$failure"])["detail"]
    return failed


class Told(NamedTuple):
    """What a worker is told; name and id are those of the job, if it is about one."""

    kind: str
    claim_to: str
    name: str = ""
    id: str = ""


def told(data: bytes | str) -> Told | None:
    """Reads what a worker is told; gives nothing if it is none of what a worker knows."""
    signal = read(data)
    if signal and signal.name in ("$alive", "$reclaim"):
        return Told(signal.name[1:], signal.id)
    if signal and signal.name in ("$unwanted", "$revoked") and len(signal.texts) > 1:
        return Told(signal.name[1:], signal.texts[1], signal.id, signal.texts[0])
    return None


@dataclass(eq=False)
class Job:
    """A job as it was taken; `data_text` has the JSON text of its data."""

    name: str
    id: str
    reply_to: str | None
    claim_to: str | None
    deadline: int | None
    stalled_after: int | None
    headers: dict[str, str]
    data: Any
    data_text: str = field(repr=False)


def job(data: bytes | str) -> Job:
    """Reads a job; raises InvalidInput."""
    value, text, _ = _parse(data)
    check(isinstance(value, dict), "A job must be an object")

    def optional(name: str, is_right: Callable[[Any], bool]) -> Any:
        check(value.get(name) is None or is_right(value[name]), f"{name} is not right")
        return value.get(name)

    def is_ms(value: Any) -> bool:
        return _is_integer(value, 0, 86_400_000)

    def are_texts(value: Any) -> bool:
        return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())

    return Job(
        name=_key("name", value.get("name")), id=_key("id", value.get("id")),
        reply_to=optional("replyTo", _is_inbox), claim_to=optional("claimTo", _is_inbox),
        deadline=optional("deadline", is_ms), stalled_after=optional("stalledAfter", is_ms),
        headers=optional("headers", are_texts) or {},
        data=value.get("data"), data_text=fields(text).get("data", "null"),
    )
