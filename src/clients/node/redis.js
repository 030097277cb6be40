// Connections to Redis of our own, made after the pattern of the client that is passed in.
import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { EventsError } from './wire.js';

const PATIENCE = 5_000; // so many ms Redis may take to answer
const ignore = () => {};

/** Does something until Redis has done it, or who needs it is gone; fails if it is refused. */
export async function insist(action, whose = {}) {
  while (!whose.gone) {
    try {
      return await action();
    } catch (cause) {
      if (cause.isRefused !== false) throw cause;
      await delay(100);
    }
  }
}

/** A connection with the package `redis`, from version 4. */
function nodeRedis(client, heard) {
  const socket = { ...client.options?.socket, reconnectStrategy: false, connectTimeout: PATIENCE };
  const protocol = { RESP: 2, maintNotifications: 'disabled', disableOfflineQueue: true };
  const own = client.duplicate({ socket, ...protocol });
  const asBytes = { returnBuffers: true, typeMapping: { 36: Buffer } }; // in version 4, and later
  return { own, send: (command) => own.sendCommand(command, asBytes), listener: [heard, true] };
}

/** A connection with the package `ioredis`. */
function ioredis(client, heard) {
  const options = { lazyConnect: true, connectTimeout: PATIENCE, keyPrefix: '' };
  const off = { retryStrategy: null, enableOfflineQueue: false, enableAutoPipelining: false };
  const own = client.duplicate({ ...options, ...off });
  own.on('messageBuffer', (channel, message) => heard(message, channel));
  return { own, send: (command) => own.callBuffer(...command), listener: [] };
}

/**
 * A connection that is made when it is needed, and given up as soon as it fails or is silent. It
 * emits what comes on a channel under the name of the channel.
 */
export class Connection extends EventEmitter {
  #present;

  constructor(client) {
    super().setMaxListeners(0);
    this.client = client;
  }

  #connect() {
    const heard = (bytes, channel) => this.emit(String(channel), bytes);
    const made = (this.client.callBuffer ? ioredis : nodeRedis)(this.client, heard);
    const drop = () => this.#drop(made);
    made.own.on('error', drop).on('end', drop);
    const answered = () => (made.silence = 0);
    const ping = () => (made.silence++ < 10 ? this.send('PING').then(answered, ignore) : drop());
    made.pings = setInterval(ping, PATIENCE / 10);
    return Object.assign(made, { silence: 0, ready: made.own.connect() });
  }

  #drop(used) {
    if (!used || used !== this.#present) return;
    this.#present = undefined;
    clearInterval(used.pings);
    const end = async ({ own }) => (own.destroy ? own.destroy() : own.disconnect());
    end(used).catch(ignore); // it has ended by itself
    this.emit('lost');
  }

  /** Does something with the connection. */
  async use(action) {
    if (this.isClosed) throw new EventsError('unavailable', 'The client is closed');
    const used = (this.#present ??= this.#connect());
    return used.ready.then(() => action(used)).catch((cause) => {
      const isRefused = /^(?!READONLY|LOADING|MASTERDOWN)[A-Z]{3,} /.test(cause.message);
      if (!isRefused) this.#drop(used);
      throw new EventsError('unavailable', `Redis: ${cause.message}`, { isRefused });
    });
  }

  #batch = (commands) => this.use(({ send }) => Promise.all(commands.map(send)));
  send = async (...command) => (await this.#batch([command]))[0];
  transaction = async (commands) => (await this.#batch([['MULTI'], ...commands, ['EXEC']])).at(-1);

  /**
   * Has `heard` of a listener called with what comes on its channel, and with nothing each time
   * that Redis has confirmed: first before this comes back, and then after each loss. `since` has
   * the time of that.
   */
  async listen(listener) {
    listener.lost = () => listener.since && this.#subscribe(listener).catch(ignore);
    this.on(listener.channel, listener.heard).on('lost', listener.lost);
    await this.#subscribe(listener);
  }

  async #subscribe(listener) {
    listener.since = undefined;
    await insist(() => this.use(async (used) => {
      await used.own.subscribe(listener.channel, ...used.listener);
      if (used !== this.#present) throw new Error('The connection was lost');
      listener.since = performance.now();
    }), listener);
    if (!listener.gone) await listener.heard();
  }

  /** Comes back when Redis has confirmed. */
  async leave(listener) {
    const { channel, heard, lost } = Object.assign(listener, { gone: true });
    if (this.off(channel, heard).off('lost', lost).listenerCount(channel)) return;
    await this.use((used) => used.own.unsubscribe(channel, ...used.listener)).catch(ignore);
  }

  close() {
    this.isClosed = true;
    this.#drop(this.#present);
    this.removeAllListeners();
  }
}
