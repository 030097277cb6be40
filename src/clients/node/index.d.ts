import type { Args, FailureInput, JobInput, Name, Raw } from './wire.js';

export { EventsError, Failure, Raw } from './wire.js';
export type { Args, FailureInput, Kind, Name } from './wire.js';
export * as wire from './wire.js';

export interface EmitOptions {
  /** For how many ms the event is retained, at most 7 days. */
  retain?: number;
  /** The event is emitted once within a day, however often it is asked for with this key. */
  idempotencyKey?: string;
  /** The inbox that it is published to in the place of its own channel; 0 says that it is gone. */
  replyTo?: string;
}

export interface WaitOptions {
  /** In ms, from 1 to 2,147,483,647; 30,000 if it is missing. */
  timeout?: number;
  /** Whether an event counts that was retained before. */
  retained?: boolean;
  /** Called when Redis has confirmed that the event will be heard. `on` fails if this does. */
  start?: () => unknown;
}

export interface Job extends JobInput {
  /** Aborted when nobody wants the result any more. */
  readonly signal: AbortSignal;
  /** Tells streams how far the job is, and the server that it has got on. */
  progress(args?: Args): Promise<number>;
}

export interface WorkOptions {
  /** The list of the jobs; that of the name if it is missing. */
  list?: string;
  /** How many jobs the worker has at a time, from 1 to 10,000; 1 if it is missing. */
  concurrency?: number;
  /** For how many ms results and failures are retained, at most 7 days. */
  retain?: number;
}

export interface Worker {
  readonly id: string;
  /** Takes no more jobs, and comes back when those that it has have ended. */
  close(): Promise<void>;
}

/** A connection to Redis of our own, made when it is needed. */
export interface Connection {
  /** Sends a command; gives what Redis answers, where texts are bytes. */
  send(...command: (string | Uint8Array)[]): Promise<any>;
}

/** A peer on a Redis. */
export class ServerEvents {
  /** `client` is one of the package `redis` or `ioredis`: a pattern, which need not be connected. */
  constructor(client: object);
  readonly commands: Connection;
  readonly subscriber: Connection;
  /** Emits an event; gives how many connections have received it. */
  emit(name: Name, id: Name, args?: Args, options?: EmitOptions): Promise<number>;
  /** Emits that the job failed. */
  fail(name: Name, id: Name, failure: FailureInput, options?: EmitOptions): Promise<number>;
  /** Tells streams how far the job is. */
  progress(name: Name, id: Name, args?: Args): Promise<number>;
  /** Waits for an event, and gives its arguments: as they are, or as their JSON. */
  on(name: Name, id: Name, options: WaitOptions & { raw: true }): Promise<Raw>;
  on(name: Name, id: Name, options?: WaitOptions & { raw?: false }): Promise<any[]>;
  on(name: Name, id: Name, options: WaitOptions & { raw?: boolean }): Promise<any[] | Raw>;
  /** Takes the jobs of a name from their list; comes back when Redis knows of the worker. */
  work(name: string, handler: (job: Job) => unknown, options?: WorkOptions): Promise<Worker>;
  /** Ends the workers when their jobs have ended, and then the connections. */
  close(): Promise<void>;
}
