// The bytes of the wire protocol (src/docs/wire-protocol.md). Nothing here talks to Redis.
import { createHash } from 'node:crypto';
import { inspect } from 'node:util';

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
    super('failure', message, { code: check('code', code), detail });
  }
}

/** JSON text that is passed on byte for byte: one argument, or all of them as an array. */
export class Raw {
  constructor(text) {
    parse(this.text = String(text));
  }
}

const isText = (value) => typeof value === 'string';
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isBrief = (text) => text && text.isWellFormed() && Buffer.byteLength(text) <= 512;
const isKey = (value) => Number.isSafeInteger(value) || (isText(value) && isBrief(value));
const isWithin = (least, most) => (n) => Number.isInteger(n) && n >= least && n <= most;
const matches = (pattern) => (value) => isText(value) && pattern.test(value);
const inbox = [matches(/^\$inbox:\P{Cs}{0,1017}$/u), 'at most 1,024 characters, led by $inbox:'];
const action = [(value) => typeof value === 'function', 'a function'];
const ms = [isWithin(0, 604_800_000), 'an integer of ms, at most 7 days'];

/** What the value of each field must be. */
const RULES = {
  name: [(name) => isKey(name) && !/^(\$|__)/.test(name), '1 to 512 bytes, not led by $ or __'],
  id: [isKey, '1 to 512 bytes of UTF-8, or an integer'],
  list: [(list) => isKey(list) && !/^}/.test(list), '1 to 512 bytes, not led by }'],
  job: [isObject, 'an object'],
  args: [Array.isArray, 'an array'],
  depth: [(depth) => depth <= 500, 'at most 500 levels'],
  failure: [isObject, 'an object with code, message and detail'],
  code: [isWithin(-(2 ** 31), 2 ** 31 - 1), 'an integer of 32 bits'],
  idempotencyKey: [matches(/^[!-~]{1,255}$/), '1 to 255 visible ASCII characters'],
  headers: [(map) => isObject(map) && Object.values(map).every(isText), 'an object of texts'],
  replyTo: inbox, claimTo: inbox,
  deadline: ms, stalledAfter: ms, retain: ms,
  timeout: [isWithin(1, 2 ** 31 - 1), 'an integer of ms, at least 1, at most 2,147,483,647'],
  concurrency: [isWithin(1, 10_000), 'an integer from 1 to 10,000'],
  handler: action, start: action,
  options: [isObject, 'an object'],
};

/** Gives the value of a field if it is right. */
export function check(field, value) {
  const [isRight, rule] = RULES[field];
  if (isRight(value)) return value;
  const shown = inspect(value, { depth: 0, maxArrayLength: 3, maxStringLength: 50 });
  throw new EventsError('invalid', `${field} must be ${rule}, and is ${shown}`);
}

/** What JSON.parse or JSON.stringify makes of a value. */
function converted(convert, value) {
  try {
    return convert(value);
  } catch (cause) {
    throw new EventsError('invalid', `This is no JSON: ${cause.message}`);
  }
}

/** The value of JSON, and the texts of an array's elements, or of an object's names and values. */
function parse(text) {
  const cuts = [];
  let depth = 0;
  const plain = text.replace(/\\["\\]/g, '..'); // as long, but without escaped quotes
  for (const { 0: token, index } of plain.matchAll(/"[^"]*"?|[[{,:\]}]/g)) {
    if ('[{'.includes(token)) check('depth', ++depth);
    if (depth === 1 && '[{,:]}'.includes(token)) cuts.push(index);
    if (']}'.includes(token)) depth--;
  }
  const parts = cuts.slice(1).map((cut, i) => text.slice(cuts[i] + 1, cut).trim());
  return [converted(JSON.parse, text), parts[0] ? parts : []];
}

// Channels and keys
export const channel = (name, id) => `${check('name', name)}:${check('id', id)}`;
export const progressChannel = (name, id) => `$progress:${channel(name, id)}`;
export const workerChannel = (workerId) => `$worker:${workerId}`;
export const servesChannel = (name) => `$serves:${check('name', name)}`;
export const jobsKey = (list) => `$jobs:{${check('list', list)}}`;
const kept = (name, id) => `{${channel(name, id)}}:${Buffer.byteLength(String(name))}`;
export const retainedKey = (name, id) => `$retained:${kept(name, id)}`;
export const idempotencyKey = (name, id, key) =>
  `$idempotency:${kept(name, id)}:${check('idempotencyKey', key)}`;

// What a peer publishes
export const json = (part) =>
  (part instanceof Raw ? part.text : converted(JSON.stringify, part) ?? 'null');
/** The only argument of the event that says that a job failed. */
export function failure(given) {
  const { code = 0, message = 'The job failed', detail } = check('failure', given);
  return { $failure: { code: check('code', code), message: String(message), detail } };
}
export const fingerprint = (payload, retain) =>
  createHash('sha256').update(payload + retain).digest('hex');
export function payload(name, id, args = []) {
  const [value, parts] = parse(Array.isArray(args) ? `[${args.map(json)}]` : json(args));
  check('args', value);
  return `[${[json(check('name', name)), json(check('id', id)), ...parts]}]`;
}

// What a peer reads
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const failureOf = ({ code = 0, message, detail }) =>
  new Failure(code, isText(message) ? message : 'It failed', detail ?? undefined);

/** Reads a payload that anybody may have published; gives nothing if it is malformed. */
export function read(bytes) {
  try {
    const [value, parts] = parse(utf8.decode(bytes));
    if (![0, 1].every((i) => isText(value[i]) || typeof value[i] === 'number')) return undefined;
    const [name, id, ...texts] = value.map((part, i) => (isText(part) ? part : parts[i]));
    const args = value.slice(2);
    const failed = args.length === 1 && isObject(args[0]?.$failure) && failureOf(args[0].$failure);
    return { name, id, args, texts, text: `[${parts.slice(2)}]`, failed };
  } catch {
    return undefined;
  }
}

/** Reads what a worker is told; what is malformed has a kind for which nothing is done. */
export function told(bytes) {
  const { name: signal, id: first, texts } = read(bytes) ?? {};
  const kind = signal?.slice(1);
  if (['$alive', '$reclaim'].includes(signal)) return { kind, claimTo: first };
  const [id, claimTo] = ['$unwanted', '$revoked'].includes(signal) ? texts : [];
  return claimTo ? { kind, name: first, id, claimTo } : { kind: 'malformed', claimTo };
}

/** Reads a job; `dataText` is the JSON text of its data. */
export function job(bytes) {
  const [value, parts] = parse(utf8.decode(bytes));
  const textOf = (name) => parts.findLast((part, i) => i % 2 && JSON.parse(parts[i - 1]) === name);
  const written = (name) => (typeof value[name] === 'number' ? textOf(name) : value[name]) ?? '';
  const given = { ...check('job', value), name: written('name'), id: written('id') };
  const job = { headers: {}, data: value.data, dataText: textOf('data') ?? 'null' };
  for (const field of ['name', 'id', 'replyTo', 'claimTo', 'deadline', 'stalledAfter', 'headers']) {
    if (given[field] != null) job[field] = check(field, given[field]);
  }
  return job;
}
