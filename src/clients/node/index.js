// A peer of Server Events: it emits events, waits for them, and works on jobs.
import { readFile } from 'node:fs/promises';
import { Connection, insist } from './redis.js';
import * as wire from './wire.js';
import { Worker } from './worker.js';

export { EventsError, Failure, Raw } from './wire.js';
export { wire };

/** A peer on the Redis of `client`, which is one of the package `redis` or `ioredis`. */
export class ServerEvents {
  #workers = [];

  constructor(client) {
    Object.assign(this, { commands: new Connection(client), subscriber: new Connection(client) });
  }

  /** Emits an event; gives how many connections have received it. */
  async emit(name, id, args, options = {}) {
    const { retain = 0, idempotencyKey: key, replyTo } = wire.check('options', options);
    const ms = `${wire.check('retain', retain)}`;
    const payload = wire.payload(name, id, args);
    const channel = replyTo === undefined ? wire.channel(name, id) : wire.check('replyTo', replyTo);
    const publish = ['PUBLISH', channel, payload];
    const kept = wire.retainedKey(name, id);
    if (key !== undefined) return this.#once(wire.idempotencyKey(name, id, key), kept, publish, ms);
    if (!retain) return this.commands.send(...publish);
    return (await this.commands.transaction([['SET', kept, payload, 'PX', ms], publish]))[1];
  }

  /** Emits that the job failed; `given` has a code, a message, and perhaps a detail. */
  fail = async (name, id, given, options) => this.emit(name, id, [wire.failure(given)], options);

  /** Tells streams how far the job is. */
  progress = async (name, id, args) =>
    this.commands.send('PUBLISH', wire.progressChannel(name, id), wire.payload(name, id, args));

  /** Has a function in Redis publish unless it has done so before. */
  async #once(noted, kept, publish, ms) {
    const fingerprint = wire.fingerprint(publish[2], ms);
    const words = ['2', noted, kept, ...publish, ms, fingerprint, '86400000']; // a day
    const call = ['FCALL', 'server_events_emit_once_1', ...words];
    const outcome = await this.commands.send(...call).catch(async (cause) => {
      if (!cause.message.includes('Function not found')) throw cause;
      const code = await readFile(new URL('emit-once.lua', import.meta.url));
      await this.commands.send('FUNCTION', 'LOAD', 'REPLACE', code);
      return this.commands.send(...call);
    });
    const [first, receivers] = String(outcome).split(' ');
    if (first === fingerprint) return Number(receivers);
    throw new wire.EventsError('conflict', 'The idempotency key was used to emit something else');
  }

  /**
   * Waits for an event, and gives its arguments, or Raw if `raw`. `start` is called when Redis has
   * confirmed that the event will be heard, so that what it starts cannot end unheard.
   */
  async on(name, id, options = {}) {
    const { timeout = 30_000, retained, raw, start = () => {} } = wire.check('options', options);
    const listener = { channel: wire.channel(name, id), times: 0 };
    wire.check('timeout', timeout);
    wire.check('start', start);
    const kept = () => this.commands.send('GET', wire.retainedKey(name, id));
    return new Promise((resolve, reject) => {
      listener.heard = async (bytes) => {
        // Without bytes, Redis has confirmed: the event is heard from now on, or is retained
        if (!bytes && !listener.times++) new Promise((done) => done(start())).catch(reject);
        const event = wire.read(bytes ?? (retained && await insist(kept, listener)));
        listener.isLookedUp ||= !bytes;
        if (event?.name !== String(name) || event.id !== String(id)) return;
        if (event.failed) reject(event.failed);
        else resolve(raw ? new wire.Raw(event.text) : event.args);
      };
      listener.failed = reject;
      listener.timer = setTimeout(() => {
        const isSure = listener.since && listener.times === 1 && listener.isLookedUp;
        reject(new wire.EventsError(isSure ? 'timeout' : 'unavailable', 'The event was not heard'));
      }, timeout);
      this.subscriber.listen(listener).catch(reject);
    }).finally(() => {
      clearTimeout(listener.timer);
      this.subscriber.leave(listener);
    });
  }

  /** Takes the jobs of a name from their list; comes back when Redis knows of the worker. */
  async work(name, handler, options = {}) {
    const worker = new Worker(this, name, handler, options);
    this.#workers.push(worker);
    const leave = (cause) => worker.close().then(() => Promise.reject(cause));
    return worker.start().catch(leave);
  }

  /** Ends the workers when their jobs have ended, and then the connections. */
  async close() {
    await Promise.all(this.#workers.map((worker) => worker.close()));
    for (const connection of [this.commands, this.subscriber]) connection.close();
  }
}
