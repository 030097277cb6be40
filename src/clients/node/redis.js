// Connections to Redis of our own, made after the pattern of the client that is passed in.
import { setTimeout as delay } from 'node:timers/promises';
import { EventsError } from './wire.js';

const PATIENCE_MS = 5_000; // so long Redis may take to answer
const RETRY_MS = 100;
const now = () => performance.now();
const ignore = () => {};

/** Does something until Redis has done it, or it is not needed any more; fails if Redis refuses. */
export async function insist(action, isNeeded, log = ignore) {
  while (isNeeded()) {
    try {
      return await action();
    } catch (cause) {
      if (cause.isRefused !== false) throw cause;
      log(cause);
      await delay(RETRY_MS);
    }
  }
  return undefined;
}

/** A connection with the package `redis`, from version 4. */
function nodeRedis(client, heard) {
  const hasty = { reconnectStrategy: false, connectTimeout: PATIENCE_MS };
  const socket = { ...client.options?.socket, ...hasty };
  const protocol = { RESP: 2, maintNotifications: 'disabled' };
  const own = client.duplicate({ socket, ...protocol, disableOfflineQueue: true });
  const asBytes = { returnBuffers: true, typeMapping: { 36: Buffer } }; // in version 4, and later
  return {
    own,
    send: (command) => own.sendCommand(command, asBytes),
    subscribe: (channel) => own.subscribe(channel, heard, true),
    unsubscribe: (channel) => own.unsubscribe(channel, heard, true),
  };
}

/** A connection with the package `ioredis`. */
function ioredis(client, heard) {
  const own = client.duplicate({
    lazyConnect: true, connectTimeout: PATIENCE_MS, retryStrategy: null, keyPrefix: '',
    enableOfflineQueue: false, autoResubscribe: false, enableAutoPipelining: false,
  });
  own.on('messageBuffer', (channel, message) => heard(message, channel));
  return {
    own,
    send: ([name, ...args]) => own.callBuffer(name, ...args),
    subscribe: (channel) => own.subscribe(channel),
    unsubscribe: (channel) => own.unsubscribe(channel),
  };
}

/** A connection that is made when it is needed, and given up as soon as it fails or is silent. */
export class Link {
  #present;

  constructor(client, heard, lost = ignore) {
    const driver = client.callBuffer ? ioredis : nodeRedis;
    Object.assign(this, { lost, driver: () => driver(client, heard) });
  }

  #connect() {
    const made = this.driver();
    made.own.on('error', () => this.#drop(made)).on('end', () => this.#drop(made));
    return Object.assign(made, { ready: made.own.connect() });
  }

  #drop(used) {
    if (!used || used !== this.#present) return;
    this.#present = undefined;
    const end = async ({ own }) => (own.destroy ? own.destroy() : own.disconnect());
    end(used).catch(ignore); // it has ended by itself
    if (!this.isClosed) this.lost();
  }

  /** Does something with the connection, for which Redis may wait so many ms. */
  async use(action, waitsMs = 0) {
    if (this.isClosed) throw new EventsError('unavailable', 'The client is closed');
    const used = (this.#present ??= this.#connect());
    let timer;
    const late = new Promise((resolve, reject) => {
      timer = setTimeout(reject, PATIENCE_MS + waitsMs, new Error('It does not answer'));
    });
    try {
      return await Promise.race([used.ready.then(() => action(used)), late]);
    } catch (cause) {
      const isAway = /^(READONLY|LOADING|MASTERDOWN)/.test(cause.message);
      const isRefused = !isAway && /^[A-Z]{3,} /.test(cause.message); // Redis says so
      if (!isRefused) this.#drop(used);
      throw new EventsError('unavailable', `Redis: ${cause.message}`, { isRefused });
    } finally {
      clearTimeout(timer);
    }
  }

  async send(...command) {
    return (await this.batch([command]))[0];
  }

  async transaction(...commands) {
    return (await this.batch([['MULTI'], ...commands, ['EXEC']])).at(-1);
  }

  batch(commands, waitsMs) {
    const words = (command) => command.map((word) => (Buffer.isBuffer(word) ? word : String(word)));
    const sent = ({ send }) => Promise.all(commands.map((command) => send(words(command))));
    return this.use(sent, waitsMs);
  }

  close() {
    this.isClosed = true;
    this.#drop(this.#present);
  }
}

/** Channels that are heard, again after each loss of the connection, until they are left. */
export class Subscriber {
  #listeners = new Map(); // by channel
  #answered = 0; // when Redis answered last
  #timer = setInterval(() => this.#listeners.size && this.ping().catch(ignore), 500);
  epoch = 0; // how often the connection was lost

  constructor(client) {
    const heard = (bytes, channel) =>
      this.#of(String(channel)).forEach((listener) => listener.heard(bytes));
    this.link = new Link(client, heard, () => {
      this.epoch++;
      [...this.#listeners.values()].flat().forEach((listener) => this.#subscribe(listener));
    });
  }

  #of(channel) {
    return this.#listeners.get(channel) ?? [];
  }

  /** Comes back when all that was published before has been heard. */
  async ping() {
    await this.link.send('PING');
    this.#answered = now();
  }

  /** Does so if it is in doubt, for example after this process stood still. */
  async catchUp() {
    if (now() - this.#answered > 1_000) await this.ping();
  }

  /**
   * Has `heard` called with what comes on the channel, and `ready` each time that Redis has
   * confirmed. `confirmed` of what it gives comes to the epoch in which it did so first.
   */
  listen(channel, heard = ignore, ready = ignore) {
    const listener = { channel, heard, ready };
    listener.confirmed = new Promise((resolve, reject) => {
      Object.assign(listener, { resolve, reject });
    });
    this.#listeners.set(channel, [...this.#of(channel), listener]);
    this.#subscribe(listener);
    return listener;
  }

  async #subscribe(listener) {
    const { channel } = listener;
    const isNeeded = () => this.#of(channel).includes(listener) && listener.epoch !== this.epoch;
    const subscribe = async () => {
      const { epoch } = this;
      await this.link.use((redis) => redis.subscribe(channel));
      if (epoch !== this.epoch || !isNeeded()) return;
      listener.epoch = epoch;
      listener.resolve(epoch);
      listener.ready();
    };
    if (listener.isBusy) return;
    listener.isBusy = true;
    try {
      while (isNeeded()) await insist(subscribe, isNeeded);
    } catch (cause) {
      listener.reject(cause);
      this.leave(listener);
    }
    listener.isBusy = false;
  }

  /** Comes back when Redis has confirmed. */
  async leave(listener) {
    const { channel } = listener;
    const others = this.#of(channel).filter((other) => other !== listener);
    this.#listeners.set(channel, others);
    if (others.length) return;
    this.#listeners.delete(channel);
    await this.link.use((redis) => redis.unsubscribe(channel)).catch(ignore);
  }

  close() {
    clearInterval(this.#timer);
    this.link.close();
  }
}
