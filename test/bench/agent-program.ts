import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { bundleProgram } from '../support/bundle.js';

/** A program of the benchmarks in a process of its own, as one file: what tsx adds to every function would be measured as well. */
export interface BenchProgram<Question, Answer> {
  /** The first thing that it says. */
  readonly greeting: unknown;
  ask(question: Question): Promise<Answer>;
  close(): Promise<void>;
}

/** Builds and starts a program: it greets, and ends when its channel is closed. */
export async function startProgram<Question, Answer>(entry: string, args: readonly string[] = []): Promise<BenchProgram<Question, Answer>> {
  const bundle = await bundled(entry);
  const child: ChildProcess = fork(bundle, [...args]);
  const exited = once(child, 'exit');
  const next = async (): Promise<unknown> => {
    const [message] = await Promise.race([
      once(child, 'message'),
      exited.then(([code]) => Promise.reject(new Error(`${entry} ended with ${code}`))),
    ]);
    return message;
  };
  const greeting = await next();
  return {
    greeting,
    async ask(question) {
      const answer = next();
      child.send(question as object | string);
      return (await answer) as Answer;
    },
    async close() {
      child.disconnect();
      await exited;
    },
  };
}

const bundles = new Map<string, Promise<string>>();

/** Built once, and gone with this process. */
function bundled(entry: string): Promise<string> {
  const known = bundles.get(entry);
  if (known !== undefined) return known;
  const bundle = bundleProgram(entry);
  bundles.set(entry, bundle);
  void bundle.then((path) => process.once('exit', () => rmSync(path)));
  return bundle;
}
