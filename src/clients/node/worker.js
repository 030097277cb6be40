// A worker that loses no job: see "Workers" and "Jobs on a list" in wire-protocol.md.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Link } from './redis.js';
import * as wire from './wire.js';

const SECOND = 1_000;
const RETRY_MS = 250; // also the time after which an answer that is in doubt is asked for again
const GIVE_BACK = 1_000; // jobs in one transaction
const ignore = () => {};
const now = () => performance.now();

export class Worker {
  id = randomUUID();
  #held = new Set(); // the jobs that have not ended
  #known = new Map(); // how often a job is on the worker's own list, as far as it knows
  #found = []; // jobs there that it has not begun
  #undone = []; // jobs that Redis has to forget yet
  #askers = new Map(); // who asked for the jobs, by the inbox for their claims
  #looked = -SECOND;
  #disturbed = -Infinity; // when Redis was away last
  #beat = now();
  #wake = ignore;

  constructor(events, name, handler, { list = name, concurrency = 1, retain }) {
    const jobs = wire.jobs(list);
    Object.assign(this, { events, name, handler, concurrency, retain, jobs, own: `${jobs}:${this.id}` });
    this.blocking = new Link(events.client);
    this.ready = new Promise((resolve, reject) => {
      this.ended = this.#live(resolve).catch(reject);
    });
  }

  async #live(ready) {
    const leave = await this.#listen(wire.workerChannel(this.id), (bytes) => this.#told(bytes), () => this.#claimAgain());
    const stop = await this.#listen(wire.servesChannel(this.name));
    const timers = [[() => this.#sure(), RETRY_MS], [() => this.#watch(), SECOND]].map((timer) => setInterval(...timer));
    ready();
    while (!this.isClosing) await this.#take();
    await stop();
    while (this.#held.size) await Promise.all([...this.#held].map((job) => job.ended));
    for (let tries = 20; tries > 0; tries--) { // in the end, others give back what is left
      tries = await this.#forget().then(() => this.#giveBack(this.id)).then(() => 0, () => delay(RETRY_MS, tries));
    }
    timers.forEach(clearInterval);
    this.blocking.close();
    await Promise.race([leave(), delay(SECOND)]);
  }

  /** Takes no more jobs, and comes back when those that it has have ended. */
  async close() {
    this.isClosing = true;
    this.#wake();
    await this.ended;
  }

  #listen(channel, heard = ignore, again = ignore) {
    const { subscriber } = this.events;
    return new Promise((resolve, reject) => {
      const listener = { heard, refused: reject, ready: () => again(resolve(() => subscriber.leave(channel, listener))) };
      subscriber.listen(channel, listener);
    });
  }

  #send(...command) {
    return this.events.commands.send(...command);
  }

  async #take() {
    try {
      if (now() - this.#looked >= SECOND) await this.#look();
      if (this.#held.size >= this.concurrency) {
        const freed = new Promise((resolve) => { this.#wake = resolve; });
        await Promise.race([freed, delay(SECOND)]);
        return;
      }
      const move = ['BLMOVE', this.jobs, this.own, 'LEFT', 'RIGHT', '1'];
      const text = this.#found.shift() ?? this.#know(await this.blocking.use(({ send }) => send(move), SECOND));
      if (text && !this.isClosing) this.#hold(text); // else it is given back
    } catch (cause) {
      this.#looked = -SECOND; // Redis may have moved a job whose answer was lost
      this.events.log.error(`Worker ${this.id} takes no job: ${cause.message}`);
      await delay(RETRY_MS);
    }
  }

  #know(bytes) {
    const text = bytes?.toString('latin1'); // exact, even if it is no UTF-8
    if (text) this.#known.set(text, (this.#known.get(text) ?? 0) + 1);
    return text;
  }

  /** Says that the worker is there, and finds jobs that were moved without its knowledge. */
  async #look() {
    await this.#forget();
    await this.#send('SADD', `${this.jobs}:workers`, this.id);
    const left = new Map(this.#known);
    for (const job of await this.#send('LRANGE', this.own, 0, -1)) {
      const text = job.toString('latin1');
      left.set(text, (left.get(text) ?? 0) - 1);
      if (left.get(text) < 0) this.#found.push(this.#know(job));
    }
    this.#looked = now();
  }

  /** Has Redis forget jobs; of one that others gave back meanwhile, nobody may have begun yet. */
  async #forget(...more) {
    const jobs = [...this.#undone.splice(0), ...more];
    try {
      for (let text; (text = jobs[0]); jobs.shift()) {
        const job = Buffer.from(text, 'latin1');
        if (!(await this.#send('LREM', this.own, 1, job))) await this.#send('LREM', this.jobs, 1, job);
        this.#known.set(text, this.#known.get(text) - 1);
        if (!this.#known.get(text)) this.#known.delete(text);
      }
    } finally {
      this.#undone.push(...jobs); // it is tried again
    }
  }

  /** Gives the jobs of a worker back, the last one first, so that they keep their order. */
  async #giveBack(id) {
    const taken = `${this.jobs}:${id}`;
    for (let left = await this.#send('LLEN', taken); left > 0; left -= GIVE_BACK) {
      const moves = Array(Math.min(left, GIVE_BACK)).fill(['LMOVE', taken, this.jobs, 'RIGHT', 'LEFT']);
      await this.events.commands.use((redis) => redis.transaction(moves));
    }
    await this.#send('SREM', `${this.jobs}:workers`, id);
    if (await this.#send('LLEN', taken)) await this.#send('SADD', `${this.jobs}:workers`, id);
  }

  #hold(text) {
    let job;
    try {
      job = wire.job(Buffer.from(text, 'latin1').toString());
    } catch (cause) {
      this.events.log.error(`Dropped from ${this.jobs}, since it is no job: ${cause.message}`);
      this.#forget(text).catch(ignore);
      return;
    }
    const abort = new AbortController();
    Object.assign(job, { text, abort, signal: abort.signal, progress: (args = []) => this.#progress(job, args) });
    this.#held.add(job);
    this.#claim(job);
    job.ended = this.#run(job).finally(() => {
      this.#held.delete(job);
      this.#wake();
    });
  }

  async #run(job) {
    let args;
    try {
      const result = await this.handler(job);
      args = result instanceof wire.Raw ? result : result === undefined ? [] : [result];
      wire.event(job.name, job.id, args); // can it be written?
    } catch (cause) {
      if (cause.kind !== 'failure' && !job.signal.aborted) this.events.log.error('A job failed:', cause);
      args = [wire.failure(cause.kind === 'failure' ? cause : { code: 500 })];
    }
    await this.#sure();
    const [to, options] = [job.replyTo ? [job.replyTo] : [], { retain: this.retain }];
    await this.#until(job, () => this.events[job.replyTo ? 'reply' : 'emit'](...to, job.name, job.id, args, options));
    await this.#end(job);
  }

  #end(job) {
    const asker = this.#askers.get(job.claimTo);
    if (asker?.jobs.delete(job) && !asker.jobs.size) {
      clearInterval(asker.timer);
      this.#askers.delete(job.claimTo);
    }
    return (job.gone ??= this.#forget(job.text).catch(ignore));
  }

  /** Does something until Redis was there to do it, or the job is over. */
  async #until(job, action) {
    while (!job.signal.aborted && this.#held.has(job)) {
      try {
        return await action();
      } catch (cause) {
        this.events.log.error(`Of the job ${job.name}:${job.id}: ${cause.message}`);
        if (cause.isRefused) return undefined;
        await delay(RETRY_MS);
      }
    }
    return undefined;
  }

  #progress(job, args) {
    if (job.signal.aborted) return 0;
    if (job.claimTo) this.#send('PUBLISH', job.claimTo, wire.alive(this.id, job.name, job.id)).catch(ignore);
    return this.events.progress(job.name, job.id, args);
  }

  #claim(job) {
    const { claimTo } = job;
    if (!claimTo) return;
    const asker = this.#askers.get(claimTo) ?? { jobs: new Set(), every: Infinity, heard: now() };
    this.#askers.set(claimTo, asker);
    asker.jobs.add(job);
    const every = Math.min(5 * SECOND, (job.stalledAfter || Infinity) / 4);
    if (every < asker.every) {
      clearInterval(asker.timer);
      asker.every = every;
      asker.timer = setInterval(() => this.#sign(claimTo, asker), every);
    }
    this.#sayClaim(job);
  }

  async #sayClaim(job) {
    const claim = wire.claim(job.name, job.id, this.id, true);
    const receivers = await this.#until(job, () => this.#send('PUBLISH', job.claimTo, claim));
    if (receivers === 0) this.#unwanted(job);
  }

  #claimAgain() {
    this.#disturbed = now();
    for (const asker of this.#askers.values()) {
      asker.heard = now();
      asker.jobs.forEach((job) => this.#sayClaim(job));
    }
  }

  /** Shows a sign of life; a server that leaves them unanswered for long is gone. */
  async #sign(claimTo, asker) {
    this.#send('PUBLISH', claimTo, wire.alive(this.id)).catch(ignore);
    const isSilent = () => now() - asker.heard > 20 * SECOND;
    if (isSilent() && (await this.events.subscriber.ping().catch(ignore)) && isSilent()) asker.jobs.forEach((job) => this.#unwanted(job));
  }

  #told(bytes) {
    let told;
    try {
      told = wire.told(bytes);
    } catch {
      return; // it is none of what a worker knows
    }
    const asker = this.#askers.get(told.claimTo);
    if (asker) asker.heard = now();
    for (const job of asker?.jobs ?? []) {
      const isOf = told.name === job.name && told.id === job.id;
      if (told.kind === 'reclaim') this.#sayClaim(job);
      else if (isOf && told.kind === 'revoked') this.#over(job);
      else if (isOf) this.#unwanted(job);
    }
  }

  /** Unless its result is for one server alone, others may wait for it. */
  async #unwanted(job) {
    if (job.signal.aborted || !this.#held.has(job)) return;
    job.isUnwanted = true;
    const isWanted = !job.replyTo && (await this.#absent([`${job.name}:${job.id}`]).then(({ length }) => !length, ignore));
    if (isWanted === false) this.#over(job);
  }

  #over(job) {
    if (job.signal.aborted) return;
    job.abort.abort();
    this.#end(job);
  }

  /** Which of the channels nobody subscribes. */
  async #absent(channels) {
    if (!channels.length) return [];
    const counts = await this.#send('PUBSUB', 'NUMSUB', ...channels);
    return channels.filter((channel, i) => Number(counts[2 * i + 1]) === 0);
  }

  /** Once a second: are those who asked there still, and the other workers? */
  async #watch() {
    try {
      [...this.#held].filter((job) => job.isUnwanted).forEach((job) => this.#unwanted(job));
      const others = (await this.#send('SMEMBERS', `${this.jobs}:workers`)).map(String).filter((id) => id !== this.id);
      const watched = [...this.#askers.keys(), ...others.map(wire.workerChannel)];
      const doubted = await this.#absent(watched); // a connection that breaks is made again in a moment
      if (!doubted.length || now() - this.#disturbed < 3 * SECOND) return;
      await delay(RETRY_MS);
      for (const channel of await this.#absent(doubted)) {
        this.#askers.get(channel)?.jobs.forEach((job) => this.#unwanted(job));
        if (channel.startsWith('$worker:')) await this.#giveBack(channel.slice('$worker:'.length));
      }
    } catch (cause) {
      this.events.log.error(`Worker ${this.id}: ${cause.message}`); // Redis is away: the next time
    }
  }

  /** Comes back when a process that stood still has heard all that it was told meanwhile. */
  #sure() {
    if (now() - this.#beat > SECOND) {
      this.proof = this.events.subscriber.ping().catch(ignore).then(() => { this.proof = undefined; });
    }
    this.#beat = now();
    return this.proof;
  }
}
