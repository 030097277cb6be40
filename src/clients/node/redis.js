// Connections to Redis of our own, made after the pattern of the client that is passed in.
import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { EventsError } from './wire.js';

const PATIENCE = 5_000; // so many ms Redis may take to answer
const ignore = () => {};
let warned = -Infinity; // when somebody was warned last

// What passes in a moment: AWAY on another connection, as what Redis did not say; BUSY on this one
const AWAY = /^(READONLY|LOADING|MASTERDOWN|(?![A-Z]{3,} ))/;
const BUSY = /^(BUSY|CLUSTERDOWN|MISCONF|NOREPLICAS|OOM|TRYAGAIN) |^ERR max number/;

/**
 * Does something until Redis has done it, or who needs it is gone, and says now and then why it is
 * not done. If it is refused, it fails, or gives nothing if it `mayBeRefused`.
 */
export async function insist(action, whose = {}, mayBeRefused = false) {
  while (!whose.gone) {
    try {
      return await action();
    } catch (cause) {
      if (!cause.passes && !mayBeRefused) throw cause;
      if (performance.now() - warned > 10_000) {
        console.warn('Server Events tries again:', cause.message);
        warned = performance.now();
      }
      await delay(100);
      if (!cause.passes) return undefined;
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
    if (!client?.duplicate) throw new EventsError('invalid', 'client must be of redis or ioredis');
    this.client = client;
  }

  #connect() {
    const heard = (bytes, channel) => this.emit(String(channel), bytes);
    const made = (this.client.callBuffer ? ioredis : nodeRedis)(this.client, heard);
    const drop = (cause) => this.#drop(made, cause);
    made.own.on('error', drop).on('end', drop);
    const answered = () => (made.silence = 0);
    const ping = () => (made.silence++ < 10 ? this.send('PING').then(answered, ignore) : drop());
    const ready = made.own.connect();
    ready.then(() => made.cause || (made.isReady = this.wasReady = true), drop);
    return Object.assign(made, { silence: 0, ready, pings: setInterval(ping, PATIENCE / 10) });
  }

  #drop(used, cause) {
    used.cause ??= cause;
    if (used !== this.#present) return;
    this.#present = undefined;
    clearInterval(used.pings);
    const end = async ({ own }) => (own.destroy ? own.destroy() : own.disconnect());
    end(used).catch(ignore); // it has ended by itself
    used.ready.then(() => end(used)).catch(ignore); // it was being made
    this.emit('lost');
  }

  /** Does something; a refusal passes where the same, or a connection, was had before. */
  async use(action, isGranted = false) {
    if (this.isClosed) throw new EventsError('unavailable', 'The client is closed');
    const used = (this.#present ??= this.#connect());
    return used.ready.then(() => action(used)).catch((cause) => {
      const { message } = used.cause ?? cause;
      if (AWAY.test(message)) this.#drop(used);
      const wasGranted = isGranted || (this.wasReady && !used.isReady);
      const passes = wasGranted || AWAY.test(message) || BUSY.test(message);
      throw new EventsError('unavailable', `Redis: ${message}`, { passes });
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
    const { channel, heard, failed = ignore } = listener;
    const subscribe = async (used) => {
      await used.own.subscribe(channel, ...used.listener);
      if (used !== this.#present) throw new Error('The connection was lost');
      listener.since = performance.now();
    };
    const begin = async (isGranted) => {
      listener.since = undefined;
      await insist(() => this.use(subscribe, isGranted), listener);
      if (!listener.gone) await heard();
    };
    listener.lost = () => listener.since && begin(true).catch(failed);
    this.on(channel, heard).on('lost', listener.lost);
    await begin(false);
  }

  /** Comes back when Redis has confirmed. */
  async leave(listener) {
    const { channel, heard, lost = ignore } = Object.assign(listener, { gone: true });
    if (this.off(channel, heard).off('lost', lost).listenerCount(channel)) return;
    await this.use((used) => used.own.unsubscribe(channel, ...used.listener)).catch(ignore);
  }

  close() {
    this.isClosed = true;
    if (this.#present) this.#drop(this.#present);
    this.removeAllListeners();
  }
}
