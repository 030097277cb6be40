// A worker that loses no job: see "Workers" and "Jobs on a list" in wire-protocol.md.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Link } from './redis.js';
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
  }

  async start() {
    const channel = wire.workerChannel(this.id);
    const lease = this.subscriber.listen(channel, (bytes) => this.#told(bytes), () => this.#claimAgain());
    await lease.confirmed;
    const service = this.subscriber.listen(wire.servesChannel(this.name));
    await service.confirmed;
    this.ended = this.#live(lease, service);
  }

  async #live(lease, service) {
    const timer = setInterval(() => this.#watch().catch((cause) => this.#log(cause)), SECOND);
    while (!this.isClosing) await this.#take();
    await this.subscriber.leave(service);
    while (this.#held.size) await Promise.all([...this.#held].map((job) => job.ended));
    const late = now() + 5 * SECOND; // then others give back what is left
    await this.#insist(() => this.#giveBack(this.id), () => now() < late);
    clearInterval(timer);
    this.blocking.close();
    await Promise.race([this.subscriber.leave(lease), delay(SECOND)]);
  }

  /** Takes no more jobs, and comes back when those that it has have ended. */
  async close() {
    this.isClosing = true;
    await this.ended;
  }

  #log(cause) {
    this.events.log.error(`Worker ${this.id}:`, cause.kind ? cause.message : cause);
  }

  #send(...command) {
    return this.events.commands.send(...command);
  }

  /** Does something until Redis was there to do it, or refused it, or it is not needed any more. */
  async #insist(action, isNeeded = () => true) {
    while (isNeeded()) {
      try {
        return await action();
      } catch (cause) {
        this.#log(cause);
        if (cause.isRefused) break;
        await delay(RETRY_MS);
      }
    }
    return undefined;
  }

  async #take() {
    try {
      if (now() - this.#looked >= SECOND) await this.#look();
      if (this.#held.size >= this.concurrency) {
        await Promise.race([delay(SECOND), ...[...this.#held].map((job) => job.ended)]);
        return;
      }
      const move = ['BLMOVE', this.jobs, this.own, 'LEFT', 'RIGHT', 1];
      const text = this.#found.shift() ?? (await this.blocking.batch([move], SECOND))[0];
      if (text && !this.isClosing) await this.#hold(text); // else it is given back
    } catch (cause) {
      this.#log(cause);
      this.#looked = -Infinity; // Redis may have moved a job whose answer was lost
      await delay(RETRY_MS);
    }
  }

  /** Says that the worker is there, and finds jobs that were moved without its knowledge. */
  async #look() {
    await this.#send('SADD', this.workers, this.id);
    const texts = await this.#send('LRANGE', this.own, 0, -1);
    for (const { text } of this.#held) {
      const known = texts.findIndex((each) => each.equals(text));
      if (known >= 0) texts.splice(known, 1);
    }
    this.#found = texts;
    this.#looked = now();
  }

  /** Has Redis forget a job; of one that others gave back meanwhile, nobody may have begun yet. */
  async #forget(text) {
    if (!(await this.#send('LREM', this.own, 1, text))) await this.#send('LREM', this.jobs, 1, text);
  }

  /** Gives the jobs of a worker back, the last one first, so that they keep their order. */
  async #giveBack(id) {
    const taken = `${this.jobs}:${id}`;
    for (let left = await this.#send('LLEN', taken); left > 0; left -= GIVE_BACK) {
      const moves = Array(Math.min(left, GIVE_BACK)).fill(['LMOVE', taken, this.jobs, 'RIGHT', 'LEFT']);
      await this.events.commands.transaction(...moves);
    }
    await this.#send('SREM', this.workers, id);
    if (await this.#send('LLEN', taken)) await this.#send('SADD', this.workers, id);
  }

  async #hold(text) {
    let job;
    try {
      job = wire.job(text);
    } catch (cause) {
      this.#log(cause); // it is no job
      await this.#forget(text);
      return;
    }
    const abort = new AbortController();
    const progress = (args = []) => this.#progress(job, args);
    Object.assign(job, { text, abort, signal: abort.signal, progress, heard: now() });
    this.#held.add(job);
    if (job.claimTo) {
      this.#claim(job);
      const every = Math.min(5 * SECOND, (job.stalledAfter || Infinity) / 4);
      job.timer = setInterval(() => this.#sign(job), every);
    }
    job.ended = this.#run(job).finally(() => this.#held.delete(job));
  }

  async #run(job) {
    const args = await this.#result(job);
    const { name, id, replyTo } = job;
    const options = { retain: this.retain };
    await this.#insist(async () => {
      await this.subscriber.catchUp(); // is the job over?
      if (job.gone) return;
      if (replyTo) await this.events.reply(replyTo, name, id, args, options);
      else await this.events.emit(name, id, args, options);
    }, () => !job.gone);
    await this.#end(job);
  }

  async #result(job) {
    try {
      const result = await this.handler(job);
      const args = result === undefined ? [] : [result];
      wire.event(job.name, job.id, result instanceof wire.Raw ? result : args); // can it be written?
      return result instanceof wire.Raw ? result : args;
    } catch (cause) {
      if (cause.kind !== 'failure' && !job.signal.aborted) this.#log(cause);
      return [wire.failure(cause.kind === 'failure' ? cause : { code: 500 })];
    }
  }

  /** The job needs no answer any more. */
  #end(job) {
    clearInterval(job.timer);
    return (job.gone ??= this.#insist(() => this.#forget(job.text)));
  }

  #over(job) {
    job.abort.abort();
    this.#end(job);
  }

  #progress(job, args) {
    if (job.gone) return 0;
    if (job.claimTo) this.#publish(job, wire.alive(this.id, job.name, job.id));
    return this.events.progress(job.name, job.id, args);
  }

  #publish(job, payload) {
    this.#send('PUBLISH', job.claimTo, payload).catch((cause) => this.#log(cause));
  }

  async #claim(job) {
    const claim = wire.claim(job.name, job.id, this.id, true);
    const publish = () => this.#send('PUBLISH', job.claimTo, claim);
    if ((await this.#insist(publish, () => !job.gone)) === 0) await this.#unwanted(job);
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

  /** Shows a sign of life; a server that leaves them unanswered for long is gone. */
  async #sign(job) {
    this.#publish(job, wire.alive(this.id));
    const isSilent = () => now() - job.heard > 20 * SECOND;
    if (!isSilent() || !(await this.subscriber.ping().then(() => true, () => false))) return;
    if (isSilent()) this.#unwanted(job);
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
    const isHeard = () => this.#absent([`${job.name}:${job.id}`]).then((absent) => !absent.length);
    const isWanted = !job.replyTo && (await this.#insist(isHeard, () => !job.gone));
    if (isWanted === false && !job.gone) this.#over(job);
  }

  /** Which of the channels nobody subscribes. */
  async #absent(channels) {
    if (!channels.length) return [];
    const counts = await this.#send('PUBSUB', 'NUMSUB', ...channels);
    return channels.filter((channel, i) => Number(counts[2 * i + 1]) === 0);
  }

  /** Once a second: are those who asked there still, and the other workers? */
  async #watch() {
    const unwanted = this.#claimed().filter((job) => job.isUnwanted);
    await Promise.all(unwanted.map((job) => this.#unwanted(job)));
    const workers = (await this.#send('SMEMBERS', this.workers)).map(String);
    const others = new Map(workers.map((id) => [wire.workerChannel(id), id]));
    others.delete(wire.workerChannel(this.id));
    const askers = new Set(this.#claimed().map((job) => job.claimTo));
    const doubted = await this.#absent([...askers, ...others.keys()]);
    if (!doubted.length || now() - this.#disturbed < 3 * SECOND) return;
    await delay(RETRY_MS); // a connection that breaks is made again in a moment
    for (const channel of await this.#absent(doubted)) {
      await Promise.all(this.#claimed(channel).map((job) => this.#unwanted(job)));
      if (others.has(channel)) await this.#giveBack(others.get(channel));
    }
  }
}
