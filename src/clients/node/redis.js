// Connections to Redis of our own, made after the pattern of the client that is passed in.
import { setTimeout as delay } from 'node:timers/promises';
import { EventsError } from './wire.js';

const PATIENCE_MS = 5_000; // so long Redis may take to answer
const RETRY_MS = 100;

/** A connection with the package `redis`, version 4 or 5. */
function nodeRedis(client, heard, lost) {
  const socket = { ...client.options?.socket, reconnectStrategy: false, connectTimeout: PATIENCE_MS };
  const own = client.duplicate({ socket, RESP: 2, disableOfflineQueue: true });
  own.on('error', lost).on('end', lost);
  const typed = own.withTypeMapping?.({ 36: Buffer }); // version 5
  return {
    ready: own.connect(),
    send: (command) => (typed ? typed.sendCommand(command) : own.sendCommand(command, { returnBuffers: true })),
    transaction: (commands) => commands.reduce((all, each) => all.addCommand(each), own.multi()).exec(),
    subscribe: (channel) => own.subscribe(channel, (message) => heard(channel, message), true),
    unsubscribe: (channel) => own.unsubscribe(channel),
    ping: () => own.ping(),
    end: async () => (own.destroy ? own.destroy() : own.disconnect()),
  };
}

/** A connection with the package `ioredis`. */
function ioredis(client, heard, lost) {
  const own = client.duplicate({ lazyConnect: true, connectTimeout: PATIENCE_MS, retryStrategy: null, keyPrefix: '',
    enableOfflineQueue: false, autoResubscribe: false, enableAutoPipelining: false });
  own.on('error', lost).on('end', lost).on('messageBuffer', (channel, message) => heard(String(channel), message));
  const all = (answers) => Promise.all(answers.map(([error, answer]) => (error ? Promise.reject(error) : answer)));
  return {
    ready: own.connect(),
    send: ([name, ...args]) => own.callBuffer(name, ...args),
    transaction: (commands) => own.multi(commands.map(([name, ...args]) => [name.toLowerCase(), ...args])).exec().then(all),
    subscribe: (channel) => own.subscribe(channel),
    unsubscribe: (channel) => own.unsubscribe(channel),
    ping: () => own.ping(),
    end: async () => own.disconnect(),
  };
}

/** A connection that is made when it is needed, and given up as soon as it fails or is silent. */
export class Link {
  #present = null;

  constructor(client, heard = () => {}, lost = () => {}) {
    const connect = client.callBuffer ? ioredis : nodeRedis;
    Object.assign(this, { connect: (ended) => connect(client, heard, ended), lost });
  }

  /** Does something with the connection, for which Redis may wait so many ms. */
  async use(action, waitsMs = 0) {
    if (this.isClosed) throw new EventsError('unavailable', 'The client is closed');
    const used = (this.#present ??= this.connect(() => this.#drop(used)));
    let timer;
    const late = new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(new Error('It does not answer')), PATIENCE_MS + waitsMs);
    });
    try {
      return await Promise.race([used.ready.then(() => action(used)), late]);
    } catch (cause) {
      const isRefused = /^(?!READONLY|LOADING|MASTERDOWN)[A-Z]{3,} /.test(cause.message); // Redis says so
      if (!isRefused) this.#drop(used);
      throw new EventsError('unavailable', `Redis: ${cause.message}`, { isRefused });
    } finally {
      clearTimeout(timer);
    }
  }

  #drop(used) {
    if (!used || used !== this.#present) return;
    this.#present = null;
    used.end().catch(() => {}); // it has ended by itself
    if (!this.isClosed) this.lost();
  }

  send(...command) {
    return this.use(({ send }) => send(command.map((word) => (Buffer.isBuffer(word) ? word : String(word)))));
  }

  close() {
    this.isClosed = true;
    this.#drop(this.#present);
  }
}

/**
 * Channels that are heard until they are left. A listener has `heard(bytes)` and perhaps `ready()`,
 * called each time that Redis has confirmed, `lost()`, and `refused(error)`.
 */
export class Subscriber {
  #channels = new Map();
  #changed = new Set();
  #epoch = 0; // how often the connection was lost
  #timer = setInterval(() => this.#channels.size && this.ping().catch(() => {}), 1_000);

  constructor(client) {
    this.link = new Link(client, (channel, bytes) => this.#tell(channel, 'heard', bytes), () => this.#lost());
  }

  #tell(channel, what, given) {
    for (const listener of [...(this.#channels.get(channel)?.listeners.keys() ?? [])]) listener[what]?.(given);
  }

  /** Comes back when all that was published before has been heard. */
  ping() {
    return this.link.use((connection) => connection.ping());
  }

  listen(channel, listener) {
    if (!this.#channels.has(channel)) this.#channels.set(channel, { listeners: new Map(), heard: -1 });
    this.#channels.get(channel).listeners.set(listener, -1);
    this.#change([channel]);
  }

  /** Comes back when Redis has confirmed. */
  leave(channel, listener) {
    this.#channels.get(channel)?.listeners.delete(listener);
    return this.#change([channel]);
  }

  #lost() {
    this.#epoch++;
    for (const channel of this.#channels.keys()) this.#tell(channel, 'lost');
    this.#change(this.#channels.keys());
  }

  #change(channels) {
    for (const channel of channels) this.#changed.add(channel);
    return (this.round ||= this.#changed.size && this.#rounds());
  }

  /** One round after the other, so that no UNSUBSCRIBE overtakes a SUBSCRIBE. */
  async #rounds() {
    while (this.#changed.size && !this.link.isClosed) {
      const round = [...this.#changed];
      this.#changed.clear();
      await Promise.all(round.map((channel) => this.#settle(channel, this.#channels.get(channel))));
    }
    this.round = undefined;
  }

  async #settle(channel, entry) {
    const isWanted = entry?.listeners.size > 0;
    const epoch = this.#epoch;
    try {
      if (isWanted && entry.heard !== epoch) await this.link.use((connection) => connection.subscribe(channel));
      if (!isWanted && entry?.heard === epoch) await this.link.use((connection) => connection.unsubscribe(channel));
      if (entry) entry.heard = isWanted ? epoch : -1;
      if (!entry?.listeners.size) this.#channels.delete(channel);
      for (const [listener, told] of isWanted && epoch === this.#epoch ? entry.listeners : []) {
        entry.listeners.set(listener, epoch);
        if (told !== epoch) listener.ready?.();
      }
    } catch (cause) {
      if (cause.isRefused) {
        this.#tell(channel, 'refused', cause);
        this.#channels.delete(channel);
      } else {
        this.#changed.add(channel);
        await delay(RETRY_MS);
      }
    }
  }

  close() {
    clearInterval(this.#timer);
    this.link.close();
  }
}
