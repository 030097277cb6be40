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
    const [commands, subscriber] = [new Connection(client), new Connection(client)];
    Object.assign(this, { client, commands, subscriber });
  }

  /** Emits an event; gives how many connections have received it. */
  async emit(name, id, args, { retain = 0, idempotencyKey, replyTo } = {}) {
    wire.check('retain', retain);
    const payload = wire.payload(name, id, args);
    const channel = replyTo === undefined ? wire.channel(name, id) : wire.check('replyTo', replyTo);
    const [publish, key] = [['PUBLISH', channel, payload], wire.retainedKey(name, id)];
    const once = idempotencyKey !== undefined && wire.idempotencyKey(name, id, idempotencyKey);
    if (once) return this.#once([once, key], publish, retain);
    if (!retain) return this.commands.send(...publish);
    const keep = ['SET', key, payload, 'PX', `${retain}`];
    return (await this.commands.transaction([keep, publish]))[1];
  }

  /** Emits that the job failed; `failure` has a code, a message, and perhaps a detail. */
  async fail(name, id, failure, options) {
    return this.emit(name, id, [wire.failure(failure)], options);
  }

  /** Tells streams how far the job is. */
  async progress(name, id, args) {
    const [channel, payload] = [wire.progressChannel(name, id), wire.payload(name, id, args)];
    return this.commands.send('PUBLISH', channel, payload);
  }

  /** Has a function in Redis publish unless it has done so before. */
  async #once(keys, publish, retain) {
    const fingerprint = wire.fingerprint(publish[2], retain);
    const words = ['2', ...keys, ...publish, `${retain}`, fingerprint, '86400000']; // a day
    const call = () => this.commands.send('FCALL', 'server_events_emit_once_1', ...words);
    const outcome = await call().catch(async (cause) => {
      if (!cause.message.includes('Function not found')) throw cause;
      const code = await readFile(new URL('emit-once.lua', import.meta.url));
      await this.commands.send('FUNCTION', 'LOAD', 'REPLACE', code);
      return call();
    });
    const [first, receivers] = String(outcome).split(' ');
    if (first === fingerprint) return Number(receivers);
    throw new wire.EventsError('conflict', 'The idempotency key was used to emit something else');
  }

  /**
   * Waits for an event, and gives its arguments, or Raw if `raw`. `start` is called when Redis has
   * confirmed that the event will be heard, so that what it starts cannot end unheard.
   */
  async on(name, id, { timeout = 30_000, retained, raw, start = () => {} } = {}) {
    const [channel, key] = [wire.channel(name, id), wire.retainedKey(name, id)];
    let [timer, listener] = [];
    return new Promise((resolve, reject) => {
      const heard = (bytes) => {
        const event = bytes && wire.read(bytes);
        if (event?.name !== String(name) || event.id !== String(id)) return;
        if (event.failed) reject(event.failed);
        else resolve(raw ? new wire.Raw(event.text) : event.args);
      };
      const ready = async () => {
        if (listener.times === 1) start();
        if (retained) heard(await insist(() => this.commands.send('GET', key), () => timer));
      };
      const kind = () => (listener.since && listener.times === 1 ? 'timeout' : 'unavailable');
      const late = () => reject(new wire.EventsError(kind(), 'The event was not heard'));
      listener = { channel, heard, ready };
      timer = setTimeout(late, timeout);
      this.subscriber.listen(listener).catch(reject);
    }).finally(() => {
      timer = clearTimeout(timer);
      this.subscriber.leave(listener);
    });
  }

  /** Takes the jobs of a name from their list; comes back when Redis knows of the worker. */
  async work(name, handler, options = {}) {
    const worker = await new Worker(this, name, handler, options).start();
    this.#workers.push(worker);
    return worker;
  }

  /** Ends the workers when their jobs have ended, and then the connections. */
  async close() {
    await Promise.all(this.#workers.map((worker) => worker.close()));
    this.commands.close();
    this.subscriber.close();
  }
}
