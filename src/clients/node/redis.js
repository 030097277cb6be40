// Connections to Redis of our own, made after the pattern of the client that is passed in.
import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { EventsError } from './wire.js';

const PATIENCE = 5_000; // so many ms Redis may take to answer
const ignore = () => {};

// What Redis says that it refuses, but for what it may do in a moment, here or on another server
const REFUSED = /^(?!(BUSY|CLUSTERDOWN|MISCONF|NOREPLICAS|OOM|TRYAGAIN) |ERR max number)[A-Z]{3,} /;
const AWAY = /^(READONLY|LOADING|MASTERDOWN|(?![A-Z]{3,} ))/;

/**
 * Does something until Redis has done it, or who needs it is gone. It fails if it is refused, but
 * where the same has been done before.
 */
export async function insist(action, whose = {}) {
  while (!whose.gone) {
    try {
      return await action();
    } catch (cause) {
      if (cause.isRefused !== false && !(cause.isRefused && whose.wasHeard)) throw cause;
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
  const off = { enableOfflineQueue: false, enableAutoPipelining: false, stringNumbers: false };
  const own = client.duplicate({ ...options, ...off, retryStrategy: null });
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
    const drop = (cause) => {
      made.cause ??= cause;
      this.#drop(made);
    };
    made.own.on('error', drop).on('end', drop);
    const answered = () => (made.silence = 0);
    const ping = () => (made.silence++ < 10 ? this.send('PING').then(answered, ignore) : drop());
    made.pings = setInterval(ping, PATIENCE / 10);
    const ready = made.own.connect().catch((cause) => {
      drop(cause);
      throw made.cause;
    });
    return Object.assign(made, { silence: 0, ready });
  }

  #drop(used) {
    if (!used || used !== this.#present) return;
    this.#present = undefined;
    clearInterval(used.pings);
    const end = async ({ own }) => (own.destroy ? own.destroy() : own.disconnect());
    end(used).catch(ignore); // it has ended by itself
    used.ready.then(() => end(used)).catch(ignore); // it was being made
    this.emit('lost');
  }

  /** Does something with the connection. */
  async use(action) {
    if (this.isClosed) throw new EventsError('unavailable', 'The client is closed');
    const used = (this.#present ??= this.#connect());
    return used.ready.then(() => action(used)).catch(({ message }) => {
      const isAway = AWAY.test(message);
      if (isAway) this.#drop(used);
      const isRefused = !isAway && REFUSED.test(message);
      throw new EventsError('unavailable', `Redis: ${message}`, { isRefused });
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
    const { failed = ignore } = listener;
    listener.lost = () => listener.since && this.#subscribe(listener).catch(failed);
    this.on(listener.channel, listener.heard).on('lost', listener.lost);
    await this.#subscribe(listener);
  }

  async #subscribe(listener) {
    listener.since = undefined;
    await insist(() => this.use(async (used) => {
      await used.own.subscribe(listener.channel, ...used.listener);
      if (used !== this.#present) throw new Error('The connection was lost');
      listener.since = performance.now();
      listener.wasHeard = true;
    }), listener);
    if (!listener.gone) await listener.heard();
  }

  /** Comes back when Redis has confirmed. */
  async leave(listener) {
    const { channel, heard, lost = ignore } = Object.assign(listener, { gone: true });
    if (this.off(channel, heard).off('lost', lost).listenerCount(channel)) return;
    await this.use((used) => used.own.unsubscribe(channel, ...used.listener)).catch(ignore);
  }

  close() {
    this.isClosed = true;
    this.#drop(this.#present);
    this.removeAllListeners();
  }
}
