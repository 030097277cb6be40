// The bytes of the wire protocol (src/docs/wire-protocol.md). Nothing here talks to Redis.
import { createHash } from 'node:crypto';

/** What calls fail with; `kind` is invalid, unavailable, timeout, conflict, failure or malformed. */
export class EventsError extends Error {
  constructor(kind, message, more) {
    super(message);
    Object.assign(this, { name: 'EventsError', kind }, more);
  }
}

/** A job failed: a handler throws one, and `on` fails with one. */
export class Failure extends EventsError {
  constructor(code, message, detail) {
    super('failure', message, { code, detail });
  }
}

/** JSON text that is passed on byte for byte: one argument, or all of them as an array. */
export class Raw {
  constructor(text) {
    parse(this.text = text, 'invalid');
  }
}

function parse(text, kind = 'malformed') {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EventsError(kind, `This is not JSON: ${cause.message}`);
  }
}

export const check = (isRight, message, kind = 'invalid') => {
  if (!isRight) throw new EventsError(kind, message);
};

/** The texts of the elements of a JSON array, or of the names and values of an object in turn. */
export function split(text, kind) {
  const parts = [];
  for (let i = 0, depth = 0, start = 0, isString = false; i < text.length; i++) {
    const c = text[i];
    if (isString && c === '\\') i++;
    else if (c === '"') isString = !isString;
    else if (!isString && (c === '[' || c === '{')) {
      check(++depth <= 500, 'This is nested more than 500 levels deep', kind);
      if (depth === 1) start = i + 1;
    } else if (!isString && ',:]}'.includes(c)) {
      if (depth === 1) start = parts.push(text.slice(start, i).trim()) && i + 1;
      if (c === ']' || c === '}') depth--;
    }
  }
  return parts.length === 1 && !parts[0] ? [] : parts;
}

/** The texts of the values of a JSON object, by name. */
export const fields = (text) => new Map(split(text).flatMap((part, i, all) =>
  (i % 2 ? [] : [[JSON.parse(part), all[i + 1]]])));

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value) => typeof value === 'string';

function json(value) {
  if (value instanceof Raw || typeof value === 'bigint') return value.text ?? String(value);
  try {
    return JSON.stringify(value) ?? 'null';
  } catch (cause) {
    throw new EventsError('invalid', `This cannot be written as JSON: ${cause.message}`);
  }
}

/** Checks the name of an event, its id, or the name of a list, and gives its text. */
function key(field, value) {
  const text = String(value);
  const bytes = Buffer.byteLength(text);
  check(isText(value) || typeof value === 'bigint' || Number.isSafeInteger(value), `${field} must be a text or an integer`);
  check(bytes > 0 && bytes <= 512 && text.isWellFormed(), `${field} must have 1 to 512 bytes of UTF-8`);
  check(!/^name (\$|__)/.test(`${field} ${text}`), 'name must not begin with $ or __');
  return text;
}

function inbox(field, value) {
  check(isText(value) && value.startsWith('$inbox:') && value.length <= 1024, `${field} must begin with $inbox:`);
  return value;
}

export function event(name, id, args = []) {
  const channel = `${key('name', name)}:${key('id', id)}`;
  check(Array.isArray(args) || args.text?.trim().startsWith('['), 'args must be an array');
  const parts = args instanceof Raw ? split(args.text, 'invalid') : args.map(json);
  const payload = `[${[json(name), json(id), ...parts].join(',')}]`;
  split(payload, 'invalid'); // is it nested too deep?
  return { channel, payload };
}

export const progress = (name, id, args) => {
  const { channel, payload } = event(name, id, args);
  return { channel: `$progress:${channel}`, payload };
};
export const reply = (replyTo, name, id, args) =>
  ({ channel: inbox('replyTo', replyTo), payload: event(name, id, args).payload });

/** The only argument of the event that says that a job failed. */
export function failure({ code = 0, message = 'The job failed', detail }) {
  check(code === (code | 0), 'code must be an integer of 32 bits');
  const more = detail === undefined ? '' : `,"detail":${json(detail)}`;
  return new Raw(`{"$failure":{"code":${code},"message":${json(String(message))}${more}}}`);
}

/** Reads a payload that anybody may have published; fails if it is malformed. */
export function read(bytes) {
  let text = bytes;
  try {
    if (!isText(bytes)) text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    check(false, 'This is not UTF-8', 'malformed');
  }
  const value = parse(text);
  const isKey = (part) => isText(part) || typeof part === 'number';
  check(Array.isArray(value) && isKey(value[0]) && isKey(value[1]), 'This has no name and id', 'malformed');
  const parts = split(text, 'malformed');
  const [name, id, ...texts] = value.map((part, i) => (isText(part) ? part : parts[i])); // 7 is not 7.0
  const args = value.slice(2);
  return { name, id, args, texts, text: `[${parts.slice(2)}]`, failure: failureOf(args, parts[2]) };
}

function failureOf(args, text) {
  if (args.length !== 1 || !isObject(args[0]) || !isObject(args[0].$failure)) return undefined;
  const { message, detail } = args[0].$failure;
  const raw = fields(fields(text).get('$failure'));
  const code = raw.get('code') ?? '0';
  check(/^-?\d+$/.test(code) && +code === (+code | 0), 'The code is no integer of 32 bits', 'malformed');
  const failed = new Failure(+code, isText(message) ? message : 'The job failed', detail ?? undefined);
  return Object.assign(failed, { detailText: failed.detail === undefined ? undefined : raw.get('detail') });
}

const kept = (name, id) => `{${key('name', name)}:${key('id', id)}}:${Buffer.byteLength(String(name))}`;
export const retainedKey = (name, id) => `$retained:${kept(name, id)}`;
export function idempotencyKey(name, id, word) {
  check(isText(word) && /^[!-~]{1,255}$/.test(word), 'idempotencyKey must be 1 to 255 visible ASCII characters');
  return `$idempotency:${kept(name, id)}:${word}`;
}
export const fingerprint = (payload, retain) => createHash('sha256').update(payload + retain).digest('hex');

export const workerChannel = (workerId) => `$worker:${workerId}`;
export const servesChannel = (name) => `$serves:${key('name', name)}`;

/** The hash slot of a key or a channel on a cluster: CRC16 (XMODEM) of it, or of its hash tag. */
export function slot(channel) {
  let crc = 0;
  for (const octet of Buffer.from(/^[^{]*\{([^}]+)\}/.exec(channel)?.[1] ?? channel)) {
    crc ^= octet << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc % 16_384;
}

/** The key of a list of jobs; what belongs to the list has more of it behind. */
export function jobs(list) {
  check(!key('list', list).startsWith('}'), 'list must not begin with }');
  return `$jobs:{${list}}`;
}

export const alive = (...parts) => JSON.stringify(['$alive', ...parts]);
export const claim = (name, id, workerId, givesBack) =>
  JSON.stringify(['$claim', name, id, workerId, ...(givesBack ? [{ givesBack: true }] : [])]);

/** What a worker is told. */
export function told(bytes) {
  const { name: kind, id, texts } = read(bytes);
  if (kind === '$alive' || kind === '$reclaim') return { kind: kind.slice(1), claimTo: id };
  check((kind === '$unwanted' || kind === '$revoked') && texts.length > 1, 'This is no signal', 'malformed');
  return { kind: kind.slice(1), name: id, id: texts[0], claimTo: texts[1] };
}

/** Reads a job; `dataText` is the JSON text of its data. */
export function job(text) {
  const value = parse(text, 'invalid');
  check(isObject(value), 'A job must be an object');
  const raw = fields(text);
  const named = (field) => key(field, /^-?\d+$/.test(raw.get(field)) ? BigInt(raw.get(field)) : value[field]);
  const inboxOf = (field) => (value[field] == null ? undefined : inbox(field, value[field]));
  const ms = (field) => {
    const isRight = value[field] == null || (Number.isInteger(value[field]) && value[field] >= 0 && value[field] <= 86_400_000);
    check(isRight, `${field} must be 0 to 86,400,000 ms`);
    return value[field] ?? undefined;
  };
  const headers = value.headers ?? {};
  check(isObject(headers) && Object.values(headers).every(isText), 'headers must be an object of texts');
  return {
    name: named('name'), id: named('id'), replyTo: inboxOf('replyTo'), claimTo: inboxOf('claimTo'), headers,
    deadline: ms('deadline'), stalledAfter: ms('stalledAfter'), data: value.data, dataText: raw.get('data') ?? 'null',
  };
}
