// The adapter for the conformance runner (src/docs/conformance.md):
//   java -jar server-events.jar conformance -- node conformance.mjs [redis|ioredis]
import { createInterface } from 'node:readline';
import { Failure, Raw, ServerEvents, wire } from 'server-events-client';

const url = process.env.REDIS_URL;
const library = await import(process.argv[3] ?? process.argv[2] ?? 'redis');
const client = process.argv[2] === 'ioredis' ? new library.default(url, { lazyConnect: true }) : library.createClient({ url });
const events = new ServerEvents(client);

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
const bytes = ({ payload, payload64 }) => Buffer.from(payload64 ?? payload, payload64 === undefined ? 'utf8' : 'base64');
const jobs = new Map(); // what ends a running job, by its name and id
const workers = new Map();
const keyOf = ({ name, id }) => JSON.stringify([String(name), String(id)]);
const failureOf = ({ code, message, detail }) => ({ code, message, detail: detail === undefined ? undefined : JSON.parse(detail) });

const toldFailure = ({ code, message, detail }) => ({ code, message, detail: JSON.stringify(detail) });

/** The hash slot of a channel on a cluster: CRC16 (XMODEM) of it, or of its hash tag. */
function slot(channel) {
  let crc = 0;
  for (const octet of Buffer.from(/^[^{]*\{([^}]+)\}/.exec(channel)?.[1] ?? channel)) {
    crc ^= octet << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x8000 ? 0x11021 : 0);
  }
  return crc % 16_384;
}

function decode(given) {
  const event = wire.read(bytes(given));
  if (!event) return { kind: 'malformed' };
  if (event.name !== String(given.name) || event.id !== String(given.id)) return { kind: 'other' };
  if (!event.failed) return { kind: 'event', args: event.text };
  return { kind: 'failure', ...toldFailure(event.failed) };
}

/** The handler of all jobs: it does what the runner says. */
function handle(job) {
  say({ event: 'job', name: job.name, id: job.id, data: job.dataText });
  job.signal.addEventListener('abort', () => say({ event: 'over', name: job.name, id: job.id }));
  return new Promise((resolve, reject) => {
    jobs.set(keyOf(job), { job, resolve, reject });
    job.signal.addEventListener('abort', () => resolve());
  });
}

const event = (name, id, args, channel = wire.channel(name, id)) =>
  ({ channel, payload: wire.payload(name, id, args) });
const operations = {
  encode: ({ name, id, args }) => event(name, id, new Raw(args)),
  decode,
  failure: ({ name, id, ...failure }) => event(name, id, [wire.failure(failureOf(failure))]),
  progress: async ({ name, id, args, live }) => (live
    ? { receivers: await events.progress(name, id, new Raw(args)) }
    : event(name, id, new Raw(args), wire.progressChannel(name, id))),
  reply: async ({ replyTo, name, id, args, live }) => (live
    ? { receivers: await events.emit(name, id, new Raw(args), { replyTo }) }
    : event(name, id, new Raw(args), wire.check('replyTo', replyTo))),
  retainedKey: ({ name, id }) => ({ key: wire.retainedKey(name, id) }),
  idempotencyKey: ({ name, id, key }) =>
    ({ key: wire.idempotencyKey(name, id, key), retainedKey: wire.retainedKey(name, id) }),
  fingerprint: ({ payload, retain }) => ({ fingerprint: wire.fingerprint(payload, retain) }),
  channels: ({ name, workerId }) => ({ serves: wire.servesChannel(name), worker: wire.workerChannel(workerId) }),
  claim: ({ name, id, workerId, givesBack }) => ({ payload: wire.json(['$claim', name, id, workerId, ...(givesBack ? [{ givesBack }] : [])]) }),
  alive: ({ workerId, ...job }) => ({ payload: wire.json(['$alive', workerId, ...('name' in job ? [job.name, job.id] : [])]) }),
  told: (given) => wire.told(bytes(given)),
  slot: ({ channel }) => ({ slot: slot(channel) }),
  job: ({ text }) => {
    const { dataText: data, ...job } = wire.job(Buffer.from(text));
    return { ...job, data };
  },

  on: async ({ name, id, timeout, retained }, call) => {
    const start = () => say({ event: 'subscribed', call });
    return { args: (await events.on(name, id, { timeout, retained, raw: true, start })).text };
  },
  emit: async ({ name, id, args, retain, idempotencyKey }) =>
    ({ receivers: await events.emit(name, id, new Raw(args), { retain, idempotencyKey }) }),
  fail: async ({ name, id, retain, ...failure }) =>
    ({ receivers: await events.fail(name, id, failureOf(failure), { retain }) }),
  work: async ({ name, list, concurrency }) => {
    const worker = await events.work(name, handle, { list, concurrency });
    workers.set(name, worker);
    return { workerId: worker.id, recovers: true };
  },
  finish: (given) => jobs.get(keyOf(given))?.resolve(new Raw(given.args)),
  failJob: (given) => {
    const { code, message, detail } = failureOf(given);
    jobs.get(keyOf(given))?.reject(new Failure(code, message, detail));
  },
  progressJob: async (given) => { await jobs.get(keyOf(given))?.job.progress(new Raw(given.args)); },
  stopWork: ({ name }) => workers.get(name)?.close(),
  crash: () => process.exit(1),
  close: () => events.close(),
};

async function answer(line) {
  const { call, do: operation, in: given = {} } = JSON.parse(line);
  try {
    if (!operations[operation]) say({ call, error: 'unsupported', message: operation });
    else say({ call, out: (await operations[operation](given, call)) ?? {} });
  } catch (error) {
    const kind = error.kind ?? (error instanceof SyntaxError ? 'invalid' : undefined);
    if (!kind) console.error(error);
    say({ call, error: kind, ...toldFailure(error) });
  }
}

for await (const line of createInterface({ input: process.stdin })) if (line) answer(line);
await events.close();
process.exit(0);
