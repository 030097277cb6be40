'use strict';
// Worker.java in JavaScript, by the wire protocol alone. It needs Node and no package.
const net = require('node:net');
const { setTimeout } = require('node:timers/promises');

const PRICES = new Map([['tea', 3], ['coffee', 4]]);
const NAME = 'orders.priced';
const JOBS = `$jobs:{${NAME}}`;
const RETAINED_MS = 60_000;

/** Sends commands over a socket. A client library of Redis does the same, and more. */
class Redis {
  constructor(url) {
    const { hostname, port } = new URL(url);
    this.socket = net.connect(Number(port || 6379), hostname);
    this.chunks = this.socket[Symbol.asyncIterator]();
    this.input = Buffer.alloc(0);
  }

  async send(...command) {
    const words = command.map((word) => Buffer.from(String(word)));
    const parts = words.map((word) => [`$${word.length}\r\n`, word, '\r\n']);
    for (const part of [`*${words.length}\r\n`, ...parts.flat()]) this.socket.write(part);
    return this.reply();
  }

  async reply() {
    const line = await this.line();
    const [kind, value] = [line[0], line.slice(1)];
    if (kind === '+') return value; // for example OK
    if (kind === ':') return Number(value);
    if (kind === '$') { // a string of so many bytes, or -1 for none
      return value === '-1' ? null : (await this.bytes(Number(value) + 2)).toString().slice(0, -2);
    }
    if (kind === '*') { // so many replies, or -1 for none
      if (value === '-1') return null;
      const replies = [];
      while (replies.length < Number(value)) replies.push(await this.reply());
      return replies;
    }
    throw new Error(value);
  }

  async line() {
    while (!this.input.includes('\r\n')) await this.read();
    const line = await this.bytes(this.input.indexOf('\r\n') + 2);
    return line.toString().slice(0, -2);
  }

  async bytes(length) {
    while (this.input.length < length) await this.read();
    const bytes = this.input.subarray(0, length);
    this.input = this.input.subarray(length);
    return bytes;
  }

  async read() {
    const { value, done } = await this.chunks.next();
    if (done) throw new Error('Redis has closed the connection');
    this.input = Buffer.concat([this.input, value]);
  }
}

const payload = (id, ...args) => JSON.stringify([NAME, id, ...args]);

async function emitProgress(redis, id, ...args) {
  await redis.send('PUBLISH', `$progress:${NAME}:${id}`, payload(id, ...args));
}

async function emitRetained(redis, id, ...args) {
  const key = `$retained:{${NAME}:${id}}:${Buffer.byteLength(NAME)}`;
  await redis.send('MULTI');
  await redis.send('SET', key, payload(id, ...args), 'PX', RETAINED_MS);
  await redis.send('PUBLISH', `${NAME}:${id}`, payload(id, ...args));
  await redis.send('EXEC');
}

async function work(redis, { id, data: order }) {
  if (!PRICES.has(order.item)) {
    const failure = { code: 422, message: 'There is no such item', detail: order.item };
    await emitRetained(redis, id, { $failure: failure });
    return;
  }
  await emitProgress(redis, id, 50, '%');
  await setTimeout(200); // this work takes a while
  await emitRetained(redis, id, { id, price: PRICES.get(order.item) * order.quantity });
}

async function main() {
  const redis = new Redis(process.env.REDIS || 'redis://localhost:6379');
  console.log('The worker waits for jobs');
  for (;;) {
    const [, job] = await redis.send('BLPOP', JOBS, 0);
    await work(redis, JSON.parse(job));
  }
}

main();
