// A worker that loses no job: see "Workers" and "Jobs on a list" in wire-protocol.md.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { insist, Link } from './redis.js';
import * as wire from './wire.js';

const SECOND = 1_000;
const RETRY_MS = 250; // also the time after which an answer that is in doubt is asked for again
const GIVE_BACK = 1_000; // jobs in one transaction
const now = () => performance.now();

export class Worker {
  id = randomUUID();
  #held = new Set(); // the jobs that have not ended
  #found = []; // the texts of jobs on the worker's own list that it has not begun
  #looked = -Infinity; // when it looked there last
  #disturbed = -Infinity; // when Redis was away last

  constructor(events, name, handler, { list = name, concurrency = 1, retain }) {
    const jobs = wire.jobsKey(list);
    const keys = { jobs, own: `${jobs}:${this.id}`, workers: `${jobs}:workers` };
    Object.assign(this, { events, name, handler, concurrency, retain, ...keys });
    this.blocking = new Link(events.client);
    this.subscriber = events.subscriber;
    this.log = (cause) =>
      events.log.error(`Worker ${this.id}:`, cause?.kind ? cause.message : cause);
  }

  async start() {
    const [lease, service] = [wire.workerChannel(this.id), wire.servesChannel(this.name)];
    const told = (bytes) => this.#told(bytes);
    this.lease = this.subscriber.listen(lease, told, () => this.#claimAgain());
    await this.lease.confirmed;
    this.service = this.subscriber.listen(service);
    await this.service.confirmed;
    this.ended = this.#live();
  }

  async #live() {
    const timer = setInterval(() => this.#watch().catch(this.log), SECOND);
    const isOpen = () => !this.isClosing;
    while (isOpen()) await this.#insist(() => this.#take(), isOpen);
    await this.subscriber.leave(this.service);
    while (this.#held.size) await Promise.all([...this.#held].map((job) => job.ended));
    const late = now() + 5 * SECOND; // then others give back what is left
    await this.#insist(() => this.#giveBack(this.id), () => now() < late);
    clearInterval(timer);
    this.blocking.close();
    await Promise.race([this.subscriber.leave(this.lease), delay(SECOND)]);
  }

  /** Takes no more jobs, and comes back when those that it has have ended. */
  async close() {
    this.isClosing = true;
    await this.ended;
  }

  #send(...command) {
    return this.events.commands.send(...command);
  }

  /** Does something until Redis has done it or refused it, or it is not needed any more. */
  #insist(action, isNeeded) {
    return insist(action, isNeeded, this.log).catch((cause) => {
      this.log(cause);
      return delay(RETRY_MS);
    });
  }

  async #take() {
    if (now() - this.#looked >= SECOND) await this.#look();
    if (this.#held.size >= this.concurrency) {
      await Promise.race([delay(SECOND), ...[...this.#held].map((job) => job.ended)]);
      return;
    }
    const move = ['BLMOVE', this.jobs, this.own, 'LEFT', 'RIGHT', 1];
    const text = this.#found.shift() ?? (await this.blocking.batch([move], SECOND))[0];
    if (text && !this.isClosing) await this.#hold(text); // else it is given back
  }

  /** Says that the worker is there, and finds jobs that were moved without its knowledge. */
  async #look() {
    await this.#send('SADD', this.workers, this.id);
    const texts = await this.#send('LRANGE', this.own, 0, -1);
    for (const { text } of this.#held) {
      const known = texts.findIndex((each) => each.equals(text));
      if (known >= 0) texts.splice(known, 1);
    }
    [this.#found, this.#looked] = [texts, now()];
  }

  /** Has Redis forget a job; of one that others gave back meanwhile, nobody may have begun yet. */
  async #forget(text) {
    const isOwn = await this.#send('LREM', this.own, 1, text);
    if (!isOwn) await this.#send('LREM', this.jobs, 1, text);
  }

  /** Gives the jobs of a worker back, the last one first, so that they keep their order. */
  async #giveBack(id) {
    const taken = `${this.jobs}:${id}`;
    const move = ['LMOVE', taken, this.jobs, 'RIGHT', 'LEFT'];
    for (let left = await this.#send('LLEN', taken); left > 0; left -= GIVE_BACK) {
      await this.events.commands.transaction(...Array(Math.min(left, GIVE_BACK)).fill(move));
    }
    await this.#send('SREM', this.workers, id);
    if (await this.#send('LLEN', taken)) await this.#send('SADD', this.workers, id);
  }

  async #hold(text) {
    let job;
    try {
      job = wire.job(text);
    } catch (cause) {
      this.log(cause); // it is no job
      await this.#forget(text);
      return;
    }
    const abort = new AbortController();
    const progress = (args = []) => this.#progress(job, args);
    Object.assign(job, { text, abort, signal: abort.signal, progress, heard: now() });
    this.#held.add(job);
    if (job.claimTo) this.#keep(job);
    job.ended = this.#run(job).finally(() => this.#held.delete(job));
  }

  async #run(job) {
    const failed = (cause) => this.#failed(job, cause);
    const args = await this.#result(job).catch(failed).catch(failed); // it may be no right failure
    const emit = async () => {
      await this.subscriber.catchUp(); // is the job over?
      const options = { retain: this.retain, replyTo: job.replyTo };
      if (!job.gone) await this.events.emit(job.name, job.id, args, options);
    };
    await this.#insist(emit, () => !job.gone);
    await this.#end(job);
  }

  async #result(job) {
    const result = await this.handler(job);
    const some = result === undefined ? [] : [result];
    const args = result instanceof wire.Raw ? result : some;
    wire.payload(job.name, job.id, args); // can it be written?
    return args;
  }

  #failed(job, cause) {
    if (cause?.kind === 'failure') return [wire.failure(cause)];
    if (!job.gone) this.log(cause);
    return [wire.failure({ code: 500 })];
  }

  /** The job needs no answer any more. */
  #end(job) {
    return (job.gone ??= this.#insist(() => this.#forget(job.text), () => true));
  }

  #over(job) {
    if (job.gone) return;
    this.#end(job);
    job.abort.abort();
  }

  #progress(job, args) {
    if (job.gone) return 0;
    if (job.claimTo) this.#tell(job, wire.alive(this.id, job.name, job.id));
    return this.events.progress(job.name, job.id, args);
  }

  /** Tells the server that asked for the job. */
  #tell(job, payload) {
    return this.#insist(() => this.#send('PUBLISH', job.claimTo, payload), () => !job.gone);
  }

  async #claim(job) {
    const receivers = await this.#tell(job, wire.claim(job.name, job.id, this.id, true));
    if (receivers === 0) await this.#unwanted(job);
  }

  /** Claims the job, and shows signs of life; a server that leaves them unanswered is gone. */
  async #keep(job) {
    await this.#claim(job);
    const every = Math.min(5 * SECOND, (job.stalledAfter || Infinity) / 4);
    while (!job.gone) {
      await delay(every, undefined, { ref: false });
      await this.#tell(job, wire.alive(this.id));
      await this.#insist(() => this.subscriber.catchUp(), () => !job.gone);
      const isConnected = this.lease.epoch === this.subscriber.epoch;
      if (isConnected && now() - job.heard > 20 * SECOND) await this.#unwanted(job);
    }
  }

  #claimAgain() {
    this.#disturbed = now();
    for (const job of this.#claimed()) {
      job.heard = now();
      this.#claim(job);
    }
  }

  /** The jobs that were claimed at an inbox, or anywhere. */
  #claimed(claimTo) {
    const isOf = (job) => !job.gone && job.claimTo && job.claimTo === (claimTo ?? job.claimTo);
    return [...this.#held].filter(isOf);
  }

  #told(bytes) {
    const told = wire.told(bytes);
    for (const job of told ? this.#claimed(told.claimTo) : []) {
      const isOf = told.name === job.name && told.id === job.id;
      job.heard = now();
      if (told.kind === 'reclaim') this.#claim(job);
      else if (isOf && told.kind === 'revoked') this.#over(job);
      else if (isOf) this.#unwanted(job);
    }
  }

  /** Unless its result is for one server alone, others may wait for it. */
  async #unwanted(job) {
    job.isUnwanted = true;
    const absent = () => this.#absent([wire.channel(job.name, job.id)]);
    if (job.replyTo || (await this.#insist(absent, () => !job.gone))?.length) this.#over(job);
  }

  /** Which of the channels nobody subscribes. */
  async #absent(channels) {
    if (!channels.length) return [];
    const counts = await this.#send('PUBSUB', 'NUMSUB', ...channels);
    return channels.filter((channel, i) => Number(counts[2 * i + 1]) === 0);
  }

  /** Once a second: are those who asked there still, and the other workers? */
  async #watch() {
    this.#claimed().filter((job) => job.isUnwanted).forEach((job) => this.#unwanted(job));
    const workers = (await this.#send('SMEMBERS', this.workers)).map(String);
    const others = new Map(workers.map((id) => [wire.workerChannel(id), id]));
    others.delete(wire.workerChannel(this.id));
    const askers = new Set(this.#claimed().map((job) => job.claimTo));
    const doubted = await this.#absent([...askers, ...others.keys()]);
    if (!doubted.length || now() - this.#disturbed < 3 * SECOND) return;
    await delay(RETRY_MS); // a connection that breaks is made again in a moment
    for (const channel of await this.#absent(doubted)) {
      this.#claimed(channel).forEach((job) => this.#unwanted(job));
      if (others.has(channel)) await this.#giveBack(others.get(channel));
    }
  }
}
