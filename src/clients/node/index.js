// A peer of Server Events: it emits events, waits for them, and works on jobs.
import { readFile } from 'node:fs/promises';
import { Link, Subscriber } from './redis.js';
import * as wire from './wire.js';
import { Worker } from './worker.js';

export { EventsError, Failure, Raw } from './wire.js';
export { wire };

/** A peer on the Redis of `client`, which is one of the package `redis` or `ioredis`. */
export class ServerEvents {
  #workers = new Set();

  constructor(client, { log = console } = {}) {
    Object.assign(this, { client, log, commands: new Link(client), subscriber: new Subscriber(client) });
  }

  /** Emits an event; gives how many connections have received it. */
  async emit(name, id, args = [], options = {}) {
    return this.#publish(wire.event(name, id, args), name, id, options);
  }

  /** Emits that the job failed; `failure` has a code, a message, and perhaps a detail. */
  async fail(name, id, failure, options = {}) {
    return this.emit(name, id, [wire.failure(failure)], options);
  }

  /** Tells streams how far the job is. */
  async progress(name, id, args = []) {
    return this.#publish(wire.progress(name, id, args), name, id, {});
  }

  /** Emits to the server alone that asked; 0 says that it is gone. */
  async reply(replyTo, name, id, args = [], options = {}) {
    return this.#publish(wire.reply(replyTo, name, id, args), name, id, options);
  }

  async #publish({ channel, payload }, name, id, { retain = 0, idempotencyKey }) {
    wire.check(Number.isInteger(retain) && retain >= 0 && retain <= 604_800_000, 'retain must be at most 7 days, in ms');
    const publish = ['PUBLISH', channel, payload];
    const key = wire.retainedKey(name, id);
    if (idempotencyKey === undefined) {
      if (!retain) return this.commands.send(...publish);
      return (await this.commands.use((redis) => redis.transaction([['SET', key, payload, 'PX', `${retain}`], publish])))[1];
    }
    const fingerprint = wire.fingerprint(payload, retain);
    const keys = [wire.idempotencyKey(name, id, idempotencyKey), key];
    const once = () => this.commands.send('FCALL', 'server_events_emit_once_1', 2, ...keys, ...publish, retain, fingerprint, 86_400_000);
    const outcome = await once().catch(async (cause) => {
      if (!/Function not found/.test(cause.message)) throw cause;
      await this.commands.send('FUNCTION', 'LOAD', 'REPLACE', await readFile(new URL('emit-once.lua', import.meta.url)));
      return once();
    });
    const [first, receivers] = String(outcome).split(' ');
    wire.check(first === fingerprint, 'The idempotency key was used to emit something else', 'conflict');
    return Number(receivers);
  }

  /**
   * Waits for an event, and gives its arguments, or Raw if `raw`. `start` is called when Redis has
   * confirmed that the event will be heard, so that what it starts cannot end unheard.
   */
  async on(name, id, { timeout = 30_000, retained = false, raw = false, start = () => {} } = {}) {
    const { channel } = wire.event(name, id);
    let [timer, listener, isBegun, hasMissed] = [undefined, undefined, false, true];
    const wait = new Promise((resolve, reject) => {
      const heard = (bytes) => {
        try {
          const event = wire.read(bytes);
          if (event.name !== String(name) || event.id !== String(id)) return;
          if (event.failure) reject(event.failure);
          else resolve(raw ? new wire.Raw(event.text) : event.args);
        } catch {
          // malformed: the mistake of whoever has published it
        }
      };
      const ready = async () => {
        const isFirst = !isBegun;
        if (isFirst) [isBegun, hasMissed] = [true, false];
        const kept = retained && (await this.commands.send('GET', wire.retainedKey(name, id)));
        if (kept) heard(kept);
        if (isFirst) await start();
      };
      listener = { heard, refused: reject, ready: () => ready().catch(reject), lost: () => { hasMissed = true; } };
      const late = () => new wire.EventsError(...(hasMissed ? ['unavailable', 'Redis was away'] : ['timeout', 'Nothing was heard']));
      timer = setTimeout(() => reject(late()), timeout);
      this.subscriber.listen(channel, listener);
    });
    return wait.finally(() => {
      clearTimeout(timer);
      this.subscriber.leave(channel, listener);
    });
  }

  /** Takes the jobs of a name from their list; comes back when Redis knows of the worker. */
  async work(name, handler, options = {}) {
    const worker = new Worker(this, name, handler, options);
    this.#workers.add(worker);
    await worker.ready;
    return worker;
  }

  /** Ends the workers when their jobs have ended, and then the connections. */
  async close() {
    await Promise.all([...this.#workers].map((worker) => worker.close()));
    this.commands.close();
    this.subscriber.close();
  }
}
