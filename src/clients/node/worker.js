// A worker that loses no job: see "Workers" and "Jobs on a list" in wire-protocol.md.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection, insist } from './redis.js';
import * as wire from './wire.js';

const SECOND = 1_000;

export class Worker {
  id = randomUUID();
  #held = new Set(); // the jobs that have not ended
  #looked = 0; // when it found no more than those on its own list
  lanes = [];
  #turn = Promise.resolve(); // of the lanes, of which one at a time takes a job

  constructor(events, name, handler, options) {
    const { list = name, concurrency = 1, retain = 0 } = wire.check('options', options);
    const given = { handler, concurrency, retain };
    for (const [field, value] of Object.entries(given)) wire.check(field, value);
    const jobs = wire.jobsKey(list);
    const keys = { jobs, own: `${jobs}:${this.id}`, workers: `${jobs}:workers` };
    this.lease = { channel: wire.workerChannel(this.id), heard: this.#told };
    this.service = { channel: wire.servesChannel(name), heard: () => {} };
    this.blocking = new Connection(events.commands.client);
    Object.assign(this, { events, ...given, ...keys });
  }

  async start() {
    for (const each of [this.lease, this.service]) await this.events.subscriber.listen(each);
    await insist(() => this.#recover(), this);
    if (this.gone) throw new wire.EventsError('unavailable', 'The worker is closed');
    this.watch = setInterval(() => this.#recover().catch(() => {}), SECOND); // or the next time
    this.lanes = Array.from({ length: this.concurrency }, () => this.#lane());
    return this;
  }

  /** Takes no more jobs, and comes back when those that it has have ended. */
  async close() {
    this.gone = true;
    await this.events.subscriber.leave(this.service);
    await Promise.all(this.lanes);
    clearInterval(this.watch);
    await this.#giveBack(this.id).catch(() => {}); // others do it when the lease has ended
    this.blocking.close();
    await this.events.subscriber.leave(this.lease);
  }

  #send = (...command) => this.events.commands.send(...command);

  /** Does something until Redis has done it or refused it, or who needs it is gone. */
  #insist = (action, whose) => insist(action, whose, true);

  /** Does one job after another, each until Redis has forgotten it. */
  async #lane() {
    while (!this.gone) {
      const text = await (this.#turn = this.#turn.then(() => this.#insist(this.#take, this)));
      if (!text || this.gone) continue; // what came too late is given back
      const job = { text, abort: new AbortController(), silence: 0 };
      const failed = (cause) => this.#failed(job, cause);
      this.#held.add(job);
      await this.#handle(job).catch(failed).catch(failed).catch(() => {});
      if (await this.#end(job) !== undefined) this.#held.delete(job); // else it is not done again
    }
  }

  /** Takes a job that was moved to the worker's own list without its knowledge, or a new one. */
  #take = async () => {
    if (performance.now() - this.#looked >= SECOND) {
      const texts = await this.#send('LRANGE', this.own, '0', '-1');
      const known = new Map();
      const count = (text, by) => known.set(`${text}`, (known.get(`${text}`) ?? 0) + by);
      for (const { text } of this.#held) count(text, 1);
      const unknown = texts.find((text) => count(text, -1).get(`${text}`) < 0);
      if (unknown) return unknown;
      this.#looked = performance.now();
    }
    return this.blocking.send('BLMOVE', this.jobs, this.own, 'LEFT', 'RIGHT', '1');
  };

  /** Says that the worker is there, and gives back the jobs of workers that are gone. */
  async #recover() {
    await this.#send('SADD', this.workers, this.id);
    const ids = await this.#send('SMEMBERS', this.workers);
    const doubted = await this.#absent(ids.map((id) => wire.workerChannel(id)));
    if (!doubted.length || !this.#isCalm()) return;
    await delay(SECOND / 4); // a connection that breaks is made again in a moment
    for (const channel of await this.#absent(doubted)) await this.#giveBack(channel.slice(8));
  }

  /** Gives the jobs of a worker back, the last one first, so that they keep their order. */
  async #giveBack(id) {
    const taken = `${this.jobs}:${id}`;
    const move = ['LMOVE', taken, this.jobs, 'RIGHT', 'LEFT'];
    const count = Math.min(await this.#send('LLEN', taken), 1_000);
    await this.events.commands.transaction(Array(count).fill(move));
    await this.#send('SREM', this.workers, id);
    if (await this.#send('LLEN', taken)) await this.#send('SADD', this.workers, id);
  }

  /** Which of the channels nobody subscribes. */
  #absent = async (channels) => this.#send('PUBSUB', 'NUMSUB', ...channels)
    .then((counts) => channels.filter((channel, i) => Number(counts[2 * i + 1]) === 0));

  async #handle(job) {
    const progress = async (args) => {
      this.#tell(job, '$alive', this.id, job.name, job.id);
      return await insist(() => this.events.progress(job.name, job.id, args), job) ?? 0;
    };
    Object.assign(job, wire.job(job.text), { progress, signal: job.abort.signal });
    if (job.claimTo) this.#keep(job);
    const result = await this.handler(job);
    await this.#emit(job, result === undefined || result instanceof wire.Raw ? result : [result]);
  }

  async #failed(job, cause) {
    const isTold = cause?.kind === 'failure';
    if (!isTold && !job.gone) console.error(`A job on ${this.jobs}:`, cause);
    if (job.name) await this.#emit(job, [wire.failure(isTold ? cause : { code: 500 })]);
  }

  #emit = (job, args) => insist(async () => {
    if (job.claimTo) await this.events.subscriber.send('PING'); // what came before has been heard
    const options = { retain: this.retain, replyTo: job.replyTo };
    if (!job.gone) await this.events.emit(job.name, job.id, args, options);
  }, job);

  /** The job needs no answer any more. */
  #end = (job) => (job.gone ??= this.#insist(() => this.#send('LREM', this.own, '1', job.text)));

  #over = (job) => job.gone || (this.#end(job) && job.abort.abort());

  /** Tells the server that asked for the job, if it wants to know. */
  #tell = (job, ...parts) => job.claimTo
    && this.#insist(() => this.#send('PUBLISH', job.claimTo, wire.json(parts)), job);

  #claim = (job) => this.#tell(job, '$claim', job.name, job.id, this.id, { givesBack: true });

  /** Claims the job, and shows signs of life; a server that leaves them unanswered is gone. */
  async #keep(job) {
    await this.#claim(job);
    const every = Math.min(SECOND, (job.stalledAfter || Infinity) / 4);
    while (!job.gone) {
      await delay(every, undefined, { ref: false });
      const receivers = await this.#tell(job, '$alive', this.id);
      if (this.#isCalm()) job.silence += receivers ? every : 11 * SECOND; // two such are enough
      if (job.isUnwanted || job.silence > 20 * SECOND) await this.#unwanted(job);
    }
  }

  /** Whether Redis has been there for long enough for the others to be there, too. */
  #isCalm = () => performance.now() - this.lease.since > 3 * SECOND;

  /** Does what servers say, and claims again when they may have missed a claim. */
  #told = (bytes) => {
    const actions = { reclaim: this.#claim, revoked: this.#over, unwanted: this.#unwanted };
    const { kind, ...about } = bytes ? wire.told(bytes) : { kind: 'reclaim' };
    const isMeant = (job) => Object.keys(about).every((field) => about[field] === job[field]);
    for (const job of [...this.#held].filter(isMeant)) {
      job.silence = 0;
      actions[kind]?.(job);
    }
  };

  /** Unless its result is for one server alone, others may wait for it. */
  #unwanted = async (job) => {
    job.isUnwanted = true;
    const absent = () => this.#absent([wire.channel(job.name, job.id)]);
    if (job.replyTo || (await this.#insist(absent, job))?.length) this.#over(job);
  };
}
