import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A process of a benchmark: every message to it is answered by one. */
export interface BenchProcess {
  /** What it says by itself, when it is ready; to be waited for at once. */
  greeting<Greeting>(): Promise<Greeting>;
  ask<Answer>(message: object | string): Promise<Answer>;
  end(): Promise<void>;
}

/** Starts a module beside this one, by its name without extension. It ends when its channel is closed. */
export function startBenchProcess(name: string, args: readonly string[] = []): BenchProcess {
  const child: ChildProcess = fork(new URL(`${name}.js`, import.meta.url), [...args], { execArgv: ['--expose-gc'] });
  const exited = once(child, 'exit');
  const gone = exited.then(([code]) => Promise.reject(new Error(`${name} ended with ${code}`)));
  gone.catch(() => {});
  const next = async <Message>(): Promise<Message> => {
    const [message] = await Promise.race([once(child, 'message'), gone]);
    return message as Message;
  };
  return {
    greeting: next,
    ask<Answer>(message: object | string) {
      const answer = next<Answer>();
      child.send(message);
      return answer;
    },
    async end() {
      child.disconnect();
      await exited;
    },
  };
}
