// The bytes of the wire protocol: for those who talk to Redis by themselves

/**
 * JSON text that is passed on byte for byte: one argument, or all of them as an array. What is no
 * JSON is refused.
 */
export class Raw {
  constructor(text: string);
  readonly text: string;
}

export type Kind = 'invalid' | 'unavailable' | 'timeout' | 'conflict' | 'failure';

/** What calls fail with. */
export class EventsError extends Error {
  constructor(kind: Kind, message: string, more?: object);
  readonly kind: Kind;
}

/** A job failed: a handler throws one, and `on` fails with one. */
export class Failure extends EventsError {
  constructor(code: number, message: string, detail?: unknown);
  readonly code: number;
  readonly detail?: unknown;
}

/** A text, or an integer that a number can hold. */
export type Name = string | number;
export type Args = readonly unknown[] | Raw;

export interface FailureInput {
  /** An integer of 32 bits. */
  code?: number;
  message?: string;
  detail?: unknown;
}

/** An event as it was read. */
export interface Event {
  readonly name: string;
  readonly id: string;
  readonly args: any[];
  /** The JSON of the arguments, one by one, but of a text its value. */
  readonly texts: string[];
  /** The JSON of the arguments: an array. */
  readonly text: string;
  readonly failed: Failure | false;
}

/** What a worker is told, and of which job, or of all jobs with which inbox. */
export interface Told {
  readonly kind: string;
  readonly name?: string;
  readonly id?: string;
  readonly claimTo?: string;
}

/** A job as it was read. */
export interface JobInput {
  readonly name: string;
  readonly id: string;
  readonly data: any;
  /** The JSON text of the data. */
  readonly dataText: string;
  readonly headers: Record<string, string>;
  readonly replyTo?: string;
  readonly claimTo?: string;
  readonly deadline?: number;
  readonly stalledAfter?: number;
}

/** Gives the value of a field if it is right. */
export function check<T>(field: string, value: T): T;
export function channel(name: Name, id: Name): string;
export function progressChannel(name: Name, id: Name): string;
export function workerChannel(workerId: string): string;
export function servesChannel(name: Name): string;
export function jobsKey(list: Name): string;
export function retainedKey(name: Name, id: Name): string;
export function idempotencyKey(name: Name, id: Name, key: string): string;
export function json(part: unknown): string;
/** The only argument of the event that says that a job failed. */
export function failure(given: FailureInput): { $failure: FailureInput };
export function fingerprint(payload: string, retain: number | string): string;
export function payload(name: Name, id: Name, args?: Args): string;
/** Reads a payload that anybody may have published; gives nothing if it is malformed. */
export function read(bytes: Uint8Array): Event | undefined;
export function told(bytes: Uint8Array): Told;
/** Reads a job, or throws. */
export function job(bytes: Uint8Array): JobInput;
