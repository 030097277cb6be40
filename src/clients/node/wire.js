// The bytes of the wire protocol (src/docs/wire-protocol.md). Nothing here talks to Redis.
import { createHash } from 'node:crypto';

/** What calls fail with; `kind` is invalid, unavailable, timeout, conflict or failure. */
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
    JSON.parse(this.text = text);
  }
}

export function check(isRight, message, kind = 'invalid') {
  if (!isRight) throw new EventsError(kind, message);
}

const isText = (value) => typeof value === 'string';
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isInteger = (text) => /^-?\d+$/.test(text);
const isInbox = (value) => isText(value) && value.startsWith('$inbox:') && value.length <= 1024;
const isMs = (value) => Number.isInteger(value) && value >= 0 && value <= 86_400_000;

function json(value) {
  if (value instanceof Raw) return value.text;
  return typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? 'null');
}

/** The texts of the elements of a JSON array, or of the names and values of an object in turn. */
export function split(text) {
  const parts = [];
  let [depth, start] = [0, 0];
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]+|\\.)*"|[[{,:\]}]/gs)) {
    if ('[{'.includes(token)) check(++depth <= 500, 'This is nested more than 500 levels deep');
    if (depth === 1 && ',:]}'.includes(token)) parts.push(text.slice(start, index).trim());
    if (depth === 1 && token[0] !== '"') start = index + 1;
    if (']}'.includes(token)) depth--;
  }
  return parts.length === 1 && !parts[0] ? [] : parts;
}

/** The texts of the values of a JSON object, by name. */
export function fields(text) {
  const parts = split(text);
  const names = parts.filter((part, i) => i % 2 === 0);
  return new Map(names.map((name, i) => [JSON.parse(name), parts[2 * i + 1]]));
}

/** Checks the name of an event, its id, or the name of a list, and gives its text. */
function key(field, value) {
  const text = String(value);
  const isKey = isText(value) || typeof value === 'bigint' || Number.isSafeInteger(value);
  check(isKey, `${field} must be a text or an integer`);
  const isRight = text && Buffer.byteLength(text) <= 512 && text.isWellFormed();
  check(isRight, `${field} must have 1 to 512 bytes of UTF-8`);
  check(field !== 'name' || !/^(\$|__)/.test(text), 'name must not begin with $ or __');
  return text;
}

// Channels and keys
export const channel = (name, id) => `${key('name', name)}:${key('id', id)}`;
export const progressChannel = (name, id) => `$progress:${channel(name, id)}`;
export const workerChannel = (workerId) => `$worker:${workerId}`;
export const servesChannel = (name) => `$serves:${key('name', name)}`;
const kept = (name, id) => `{${channel(name, id)}}:${Buffer.byteLength(String(name))}`;
export const retainedKey = (name, id) => `$retained:${kept(name, id)}`;
export function idempotencyKey(name, id, word) {
  const isKey = isText(word) && /^[!-~]{1,255}$/.test(word);
  check(isKey, 'idempotencyKey must be 1 to 255 visible ASCII characters');
  return `$idempotency:${kept(name, id)}:${word}`;
}
export function jobsKey(list) {
  check(!key('list', list).startsWith('}'), 'list must not begin with }');
  return `$jobs:{${list}}`;
}
export function inbox(replyTo) {
  check(isInbox(replyTo), 'replyTo must begin with $inbox:');
  return replyTo;
}

/** The hash slot of a key or a channel on a cluster: CRC16 (XMODEM) of it, or of its hash tag. */
export function slot(channel) {
  let crc = 0;
  for (const octet of Buffer.from(/^[^{]*\{([^}]+)\}/.exec(channel)?.[1] ?? channel)) {
    crc ^= octet << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x8000 ? 0x11021 : 0);
  }
  return crc % 16_384;
}

// What a peer publishes
export function payload(name, id, args = []) {
  channel(name, id); // are they right?
  check(Array.isArray(args) || args.text?.trim().startsWith('['), 'args must be an array');
  const parts = args instanceof Raw ? split(args.text) : args.map(json);
  const text = `[${[json(name), json(id), ...parts].join(',')}]`;
  split(text); // is it nested too deep?
  return text;
}
/** The only argument of the event that says that a job failed. */
export function failure({ code = 0, message = 'The job failed', detail }) {
  check(code === (code | 0), 'code must be an integer of 32 bits');
  const more = detail === undefined ? '' : `,"detail":${json(detail)}`;
  return new Raw(`{"$failure":{"code":${code},"message":${json(String(message))}${more}}}`);
}
export const fingerprint = (payload, retain) =>
  createHash('sha256').update(payload + retain).digest('hex');
export const alive = (...parts) => JSON.stringify(['$alive', ...parts]);
export const claim = (name, id, workerId, givesBack) =>
  JSON.stringify(['$claim', name, id, workerId, ...(givesBack ? [{ givesBack }] : [])]);

/** Reads a payload that anybody may have published; gives nothing if it is malformed. */
export function read(bytes) {
  try {
    const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const text = isText(bytes) ? bytes : utf8.decode(bytes);
    const parts = split(text);
    const value = JSON.parse(text);
    if (![0, 1].every((i) => isText(value[i]) || typeof value[i] === 'number')) return undefined;
    const [name, id, ...texts] = value.map((part, i) => (isText(part) ? part : parts[i]));
    const args = value.slice(2);
    return { name, id, args, texts, text: `[${parts.slice(2)}]`, failure: failureOf(args, texts) };
  } catch {
    return undefined;
  }
}

function failureOf(args, [text]) {
  const given = args.length === 1 ? args[0]?.$failure : undefined;
  if (!isObject(given)) return undefined;
  const texts = fields(fields(text).get('$failure'));
  const code = Number(texts.get('code') ?? 0);
  check(isInteger(texts.get('code') ?? 0) && code === (code | 0), 'The code is none');
  const message = isText(given.message) ? given.message : 'The job failed';
  const detailText = given.detail == null ? undefined : texts.get('detail');
  return Object.assign(new Failure(code, message, given.detail ?? undefined), { detailText });
}

/** Reads what a worker is told; gives nothing if it is none of what a worker knows. */
export function told(bytes) {
  const { name: signal, id, texts } = read(bytes) ?? {};
  const kind = signal?.slice(1);
  if (['$alive', '$reclaim'].includes(signal)) return { kind, claimTo: id };
  if (!['$unwanted', '$revoked'].includes(signal) || texts.length < 2) return undefined;
  return { kind, name: id, id: texts[0], claimTo: texts[1] };
}

/** Reads a job; `dataText` is the JSON text of its data. */
export function job(bytes) {
  const value = JSON.parse(String(bytes));
  check(isObject(value), 'A job must be an object');
  const texts = fields(String(bytes));
  const named = (field) =>
    key(field, isInteger(texts.get(field)) ? BigInt(texts.get(field)) : value[field]);
  const optional = (field, isRight) => {
    check(value[field] == null || isRight(value[field]), `${field} is not right`);
    return value[field] ?? undefined;
  };
  const areTexts = (headers) => isObject(headers) && Object.values(headers).every(isText);
  return {
    name: named('name'), id: named('id'),
    replyTo: optional('replyTo', isInbox), claimTo: optional('claimTo', isInbox),
    deadline: optional('deadline', isMs), stalledAfter: optional('stalledAfter', isMs),
    headers: optional('headers', areTexts) ?? {},
    data: value.data, dataText: texts.get('data') ?? 'null',
  };
}
