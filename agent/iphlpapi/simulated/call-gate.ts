import { setTimeout as sleep } from 'node:timers/promises';
import type { IphlpapiFunction } from '../iphlpapi.js';
import { Win32 } from '../win32-error.js';

/** Which calls of a function fail, counted from when the fault was set (1 is the next), and with what. */
export interface Fault {
  readonly call: number | 'every';
  readonly code: number;
}

interface ArmedFault extends Fault {
  readonly callsBefore: number;
}

/** Stands before every function: counts calls, and answers for functions that are missing or made to fail. */
export class CallGate {
  readonly #missing: ReadonlySet<IphlpapiFunction>;
  readonly #beforeEach: () => void;
  readonly #calls = new Map<IphlpapiFunction, number>();
  readonly #faults = new Map<IphlpapiFunction, ArmedFault[]>();
  readonly #delays = new Map<IphlpapiFunction, number>();

  constructor(missing: readonly IphlpapiFunction[], beforeEach: () => void) {
    this.#missing = new Set(missing);
    this.#beforeEach = beforeEach;
  }

  calls(name: IphlpapiFunction): number {
    return this.#calls.get(name) ?? 0;
  }

  fail(name: IphlpapiFunction, fault: Fault): void {
    this.#faults.set(name, [...(this.#faults.get(name) ?? []), { ...fault, callsBefore: this.calls(name) }]);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  delay(name: IphlpapiFunction, delayMs: number): void {
    this.#delays.set(name, delayMs);
  }

  count(name: IphlpapiFunction): void {
    this.#calls.set(name, this.calls(name) + 1);
  }

  /** A synchronous function behind the gate; `failure` shapes a code into what the function returns. */
  sync<A extends unknown[], R>(name: IphlpapiFunction, run: (...args: A) => R, failure: (code: number) => R): (...args: A) => R {
    return (...args) => {
      const code = this.#enter(name);
      return code === undefined ? run(...args) : failure(code);
    };
  }

  /** An asynchronous function behind the gate. It reads the host when its delay is over. */
  async<A extends unknown[], R>(
    name: IphlpapiFunction,
    run: (...args: A) => R | Promise<R>,
    failure: (code: number) => R,
  ): (...args: A) => Promise<R> {
    return async (...args) => {
      const code = this.#enter(name);
      const delayMs = this.#delays.get(name);
      if (delayMs !== undefined) await sleep(delayMs);
      return code === undefined ? run(...args) : failure(code);
    };
  }

  #enter(name: IphlpapiFunction): number | undefined {
    this.count(name);
    this.#beforeEach();
    if (this.#missing.has(name)) return Win32.ERROR_PROC_NOT_FOUND;
    const calls = this.calls(name);
    return this.#faults.get(name)?.find(({ call, callsBefore }) => call === 'every' || callsBefore + call === calls)?.code;
  }
}
