import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A process of a benchmark: every message to it is answered by one. */
export interface BenchProcess {
  ask<Answer>(message: object): Promise<Answer>;
  end(): Promise<void>;
}

/** Starts a module beside this one. */
export function startBenchProcess(file: string): BenchProcess {
  const child: ChildProcess = fork(new URL(file, import.meta.url), { execArgv: ['--expose-gc', '--import', 'tsx'] });
  const exited = once(child, 'exit');
  const gone = exited.then(([code]) => Promise.reject(new Error(`${file} ended with ${code}`)));
  gone.catch(() => {});
  return {
    async ask(message) {
      child.send(message);
      const [answer] = await Promise.race([once(child, 'message'), gone]);
      return answer;
    },
    async end() {
      child.disconnect();
      await exited;
    },
  };
}
