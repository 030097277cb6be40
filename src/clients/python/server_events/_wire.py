"""The bytes of the wire protocol (src/docs/wire-protocol.md). Nothing here talks to Redis."""

import binascii
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn


class InvalidInput(ValueError):
    """The caller's input cannot be sent."""


class Malformed(ValueError):
    """What somebody else has sent cannot be read."""


class Conflict(Exception):
    """The idempotency key was used to emit something else."""


class Failure(Exception):
    """A job failed: a handler raises one, and `on` raises one."""

    def __init__(self, code: int, message: str, detail: Any = None) -> None:
        super().__init__(message)
        self.code, self.message, self.detail = code, message, detail


@dataclass(frozen=True)
class Raw:
    """JSON text that is passed on byte for byte: one argument, or all of them as an array."""

    text: str


Args = Sequence[Any] | Raw
MAX_DEPTH = 500
_NESTING = re.compile(r'"(?:[^"\\]+|\\.)*"|[\[{]|[\]}]', re.DOTALL)
_BETWEEN = re.compile(r"[ \t\n\r,:]*")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse, parse_int=lambda digits: int(digits[:4300]))


def _parse(text: str, error: type[ValueError] = Malformed) -> Any:
    depth = 0
    for token in _NESTING.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        check(depth <= MAX_DEPTH, f"This is nested more than {MAX_DEPTH} levels deep", error)
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError) as cause:
        raise error(f"This is not JSON: {cause}") from None


def check(is_right: bool, message: str, error: type[Exception] = InvalidInput) -> None:
    if not is_right:
        raise error(message)


def split(text: str) -> list[str]:
    """The texts of the elements of a JSON array, or of the names and values of an object in turn."""
    text, parts, at = text.strip(" \t\n\r"), [], 1
    while (at := _BETWEEN.match(text, at).end()) < len(text) - 1:  # type: ignore[union-attr]
        end = _DECODER.raw_decode(text, at)[1]
        parts.append(text[at:end])
        at = end
    return parts


def fields(text: str) -> dict[str, str]:
    """The texts of the values of a JSON object, by name."""
    parts = iter(split(text))
    return {json.loads(name): value for name, value in zip(parts, parts)}


def _json(value: Any) -> str:
    if isinstance(value, Raw):
        return value.text
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        text.encode()
    except (TypeError, ValueError, RecursionError) as cause:
        raise InvalidInput(f"This cannot be written as JSON: {cause}") from None
    return text


def _key(what: str, value: Any) -> str:
    """Checks the name of an event, its id, or the name of a list, and gives its text."""
    check(type(value) in (str, int), f"{what} must be a text or an integer")
    try:
        text = str(value)
        size = len(text.encode())
    except ValueError:
        size = 0
    check(0 < size <= 512, f"{what} must have 1 to 512 bytes of UTF-8")
    check(what != "name" or not text.startswith(("$", "__")), "name must not begin with $ or __")
    return text


def _inbox(what: str, value: Any) -> str:
    is_inbox = isinstance(value, str) and value.startswith("$inbox:") and len(value) <= 1024
    check(is_inbox, f"{what} must be an inbox, which begins with $inbox:")
    return str(value)


def event(name: str | int, id: str | int, args: Args = ()) -> tuple[str, str]:
    """The channel and the payload of an event."""
    channel = f"{_key('name', name)}:{_key('id', id)}"
    if isinstance(args, Raw):
        check(isinstance(_parse(args.text, InvalidInput), list), "args must be an array")
        args = [Raw(part) for part in split(args.text)]
    payload = f"[{','.join(map(_json, [name, id, *args]))}]"
    _parse(payload, InvalidInput)
    return channel, payload


def progress(name: str | int, id: str | int, args: Args = ()) -> tuple[str, str]:
    channel, payload = event(name, id, args)
    return f"$progress:{channel}", payload


def reply(reply_to: str, name: str | int, id: str | int, args: Args = ()) -> tuple[str, str]:
    return _inbox("reply_to", reply_to), event(name, id, args)[1]


def failure(failed: Failure) -> Raw:
    """The only argument of the event that says that a job failed."""
    code, message, detail = failed.code, failed.message, failed.detail
    check(type(code) is int and -(2**31) <= code < 2**31, "code must be an integer of 32 bits")
    more = "" if detail is None else f',"detail":{_json(detail)}'
    return Raw(f'{{"$failure":{{"code":{code},"message":{_json(str(message))}{more}}}}}')


class Arguments(list[Any]):
    """The arguments of an event; `text` is their JSON, byte for byte."""

    text = "[]"


@dataclass(frozen=True)
class Event:
    """A payload as it was read."""

    name: str
    id: str
    args: Arguments
    texts: list[str]
    failure: Failure | None
    detail_text: str | None


def read(payload: bytes | str) -> Event:
    """Reads a payload that anybody may have published; raises Malformed."""
    try:
        text = payload if isinstance(payload, str) else payload.decode()
    except UnicodeDecodeError as cause:
        raise Malformed(str(cause)) from None
    value = _parse(text)
    is_event = isinstance(value, list) and len(value) > 1
    is_event = is_event and all(type(part) in (str, int, float) for part in value[:2])
    check(is_event, "This has no name and id", Malformed)
    texts = split(text)
    name, id = (_text(part, text) for part, text in zip(value[:2], texts))
    failed, detail = _failure_of(value[2:], texts[2:])
    args = Arguments(value[2:])
    args.text = f"[{','.join(texts[2:])}]"
    return Event(name, id, args, texts[2:], failed, detail)


def _text(value: Any, text: str) -> str:
    return value if isinstance(value, str) else text  # 7 is not 7.0


def _failure_of(args: list[Any], texts: list[str]) -> tuple[Failure | None, str | None]:
    failed = args[0].get("$failure") if len(args) == 1 and isinstance(args[0], dict) else None
    if not isinstance(failed, dict):
        return None, None
    code, message, detail = failed.get("code", 0), failed.get("message"), failed.get("detail")
    is_code = type(code) is int and -(2**31) <= code < 2**31
    check(is_code, "The code is no integer of 32 bits", Malformed)
    detail_text = None if detail is None else fields(fields(texts[0])["$failure"])["detail"]
    return Failure(code, message if isinstance(message, str) else "The job failed", detail), detail_text


def _kept(name: str | int, id: str | int) -> str:
    return f"{{{_key('name', name)}:{_key('id', id)}}}:{len(str(name).encode())}"


def retained_key(name: str | int, id: str | int) -> str:
    return f"$retained:{_kept(name, id)}"


def idempotency_key(name: str | int, id: str | int, key: str) -> str:
    is_key = isinstance(key, str) and re.fullmatch("[!-~]{1,255}", key) is not None
    check(is_key, "idempotency_key must be 1 to 255 visible ASCII characters")
    return f"$idempotency:{_kept(name, id)}:{key}"


def fingerprint(payload: str, retain_ms: int) -> str:
    return hashlib.sha256(f"{payload}{retain_ms}".encode()).hexdigest()


def worker_channel(worker_id: str) -> str:
    return f"$worker:{worker_id}"


def serves_channel(name: str) -> str:
    return f"$serves:{_key('name', name)}"


def slot(channel: str) -> int:
    """The hash slot of a key or a channel on a cluster: CRC16 of it, or of its hash tag."""
    tag = re.match(r"[^{]*\{([^}]+)\}", channel)
    return binascii.crc_hqx((tag[1] if tag else channel).encode(), 0) % 16_384


def jobs_key(name: str) -> str:
    """The key of a list of jobs; what belongs to the list has more of it behind."""
    check(not _key("list", name).startswith("}"), "list must not begin with }")
    return f"$jobs:{{{name}}}"


def alive(*parts: str | int) -> str:
    return _json(["$alive", *parts])


def claim(name: str | int, id: str | int, worker_id: str, gives_back: bool) -> str:
    return _json(["$claim", name, id, worker_id] + ([{"givesBack": True}] if gives_back else []))


@dataclass(frozen=True)
class Told:
    """What a worker is told; name and id are those of the job, if it is about one."""

    kind: str
    claim_to: str
    name: str = ""
    id: str = ""


def told(payload: bytes | str) -> Told:
    signal = read(payload)
    if signal.name in ("$alive", "$reclaim"):
        return Told(signal.name[1:], signal.id)
    is_signal = signal.name in ("$unwanted", "$revoked") and len(signal.args) > 1
    check(is_signal, "This is no signal", Malformed)
    id, claim_to = (_text(part, text) for part, text in zip(signal.args[:2], signal.texts))
    return Told(signal.name[1:], claim_to, signal.id, id)


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


def job(payload: bytes | str) -> Job:
    """Reads a job; raises InvalidInput."""
    try:
        text = payload if isinstance(payload, str) else payload.decode()
    except UnicodeDecodeError as cause:
        raise InvalidInput(str(cause)) from None
    value = _parse(text, InvalidInput)
    check(isinstance(value, dict), "A job must be an object")
    for name in ("deadline", "stalledAfter"):
        ms = value.get(name)
        is_ms = ms is None or (type(ms) is int and 0 <= ms <= 86_400_000)
        check(is_ms, f"{name} must be 0 to 86,400,000 ms")
    headers = {} if value.get("headers") is None else value["headers"]
    is_texts = isinstance(headers, dict) and all(isinstance(each, str) for each in headers.values())
    check(is_texts, "headers must be an object of texts")
    reply_to, claim_to = (
        None if value.get(name) is None else _inbox(name, value[name]) for name in ("replyTo", "claimTo"))
    return Job(_key("name", value.get("name")), _key("id", value.get("id")), reply_to, claim_to,
               value.get("deadline"), value.get("stalledAfter"), headers, value.get("data"),
               fields(text).get("data", "null"))
