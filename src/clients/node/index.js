// A peer of Server Events: it emits events, waits for them, and works on jobs.
import { readFile } from 'node:fs/promises';
import { insist, Link, Subscriber } from './redis.js';
import * as wire from './wire.js';
import { Worker } from './worker.js';

export { EventsError, Failure, Raw } from './wire.js';
export { wire };

const WEEK_MS = 604_800_000;
const DAY_MS = 86_400_000;

/** A peer on the Redis of `client`, which is one of the package `redis` or `ioredis`. */
export class ServerEvents {
  #workers = new Set();

  constructor(client, { log = console } = {}) {
    Object.assign(this, { client, log });
    this.commands = new Link(client);
    this.subscriber = new Subscriber(client);
  }

  /** Emits an event; gives how many connections have received it. */
  async emit(name, id, args = [], { retain = 0, idempotencyKey, replyTo } = {}) {
    const isRight = Number.isInteger(retain) && retain >= 0 && retain <= WEEK_MS;
    wire.check(isRight, 'retain must be at most 7 days, in ms');
    const payload = wire.payload(name, id, args);
    const channel = replyTo === undefined ? wire.channel(name, id) : wire.inbox(replyTo);
    const [publish, key] = [['PUBLISH', channel, payload], wire.retainedKey(name, id)];
    if (idempotencyKey !== undefined) {
      return this.#once([wire.idempotencyKey(name, id, idempotencyKey), key], publish, retain);
    }
    if (!retain) return this.commands.send(...publish);
    return (await this.commands.transaction(['SET', key, payload, 'PX', retain], publish))[1];
  }

  /** Emits that the job failed; `failure` has a code, a message, and perhaps a detail. */
  async fail(name, id, failure, options) {
    return this.emit(name, id, [wire.failure(failure)], options);
  }

  /** Tells streams how far the job is. */
  async progress(name, id, args = []) {
    const channel = wire.progressChannel(name, id);
    return this.commands.send('PUBLISH', channel, wire.payload(name, id, args));
  }

  /** Emits to the server alone that asked; 0 says that it is gone. */
  async reply(replyTo, name, id, args, options) {
    return this.emit(name, id, args, { ...options, replyTo: wire.inbox(replyTo) });
  }

  /** Has a function in Redis publish unless it has done so before. */
  async #once(keys, publish, retain) {
    const fingerprint = wire.fingerprint(publish[2], retain);
    const words = [2, ...keys, ...publish, retain, fingerprint, DAY_MS];
    const call = () => this.commands.send('FCALL', 'server_events_emit_once_1', ...words);
    const outcome = await call().catch(async (cause) => {
      if (!cause.message.includes('Function not found')) throw cause;
      const code = await readFile(new URL('emit-once.lua', import.meta.url));
      await this.commands.send('FUNCTION', 'LOAD', 'REPLACE', code);
      return call();
    });
    const [first, receivers] = String(outcome).split(' ');
    const isSame = first === fingerprint;
    wire.check(isSame, 'The idempotency key was used to emit something else', 'conflict');
    return Number(receivers);
  }

  /**
   * Waits for an event, and gives its arguments, or Raw if `raw`. `start` is called when Redis has
   * confirmed that the event will be heard, so that what it starts cannot end unheard.
   */
  async on(name, id, options = {}) {
    const { timeout = 30_000, retained = false, raw = false, start = () => {} } = options;
    const [channel, key] = [wire.channel(name, id), wire.retainedKey(name, id)];
    const { subscriber } = this;
    const get = () => this.commands.send('GET', key);
    let [timer, listener, epoch, hasEnded] = [];
    const ended = new Promise((resolve, reject) => {
      const heard = (bytes) => {
        const event = bytes && wire.read(bytes);
        if (event?.name !== String(name) || event.id !== String(id)) return;
        if (event.failure) reject(event.failure);
        else resolve(raw ? new wire.Raw(event.text) : event.args);
      };
      const look = () => retained && insist(get, () => !hasEnded).then(heard).catch(reject);
      listener = subscriber.listen(channel, heard, look);
      listener.confirmed.then((first) => start(epoch = first)).catch(reject);
      timer = setTimeout(() => {
        const kind = epoch === subscriber.epoch ? 'timeout' : 'unavailable'; // Redis was away
        reject(new wire.EventsError(kind, 'The event was not heard'));
      }, timeout);
    });
    return ended.finally(() => {
      hasEnded = true;
      clearTimeout(timer);
      subscriber.leave(listener);
    });
  }

  /** Takes the jobs of a name from their list; comes back when Redis knows of the worker. */
  async work(name, handler, options = {}) {
    const worker = new Worker(this, name, handler, options);
    await worker.start();
    this.#workers.add(worker);
    return worker;
  }

  /** Ends the workers when their jobs have ended, and then the connections. */
  async close() {
    await Promise.all([...this.#workers].map((worker) => worker.close()));
    this.commands.close();
    this.subscriber.close();
  }
}
