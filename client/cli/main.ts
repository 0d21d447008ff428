#!/usr/bin/env node
import { runCli } from './run-cli.js';

const { stdout, stderr, env } = process;

const interruption = new AbortController();
// SIGHUP: the terminal is closed.
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
function interrupt(): void {
  interruption.abort(new Error('interrupted'));
  // A second Ctrl-C ends the process at once.
  for (const name of signals) process.off(name, interrupt);
}
for (const name of signals) process.on(name, interrupt);

// "| head" closes the pipe when it has seen enough: no mistake, and nobody is left to read more. EIO: the terminal is gone.
let endUnheard = (): void => process.exit();
for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    endUnheard();
  });
}

const colorless = env.NO_COLOR !== undefined && env.NO_COLOR !== '';
const code = await runCli(process.argv.slice(2), {
  stdout,
  stderr,
  color: { stdout: stdout.isTTY === true && !colorless, stderr: stderr.isTTY === true && !colorless },
  interactive: stderr.isTTY === true,
  signal: interruption.signal,
  finishUnheard() {
    endUnheard = () => {
      if (!interruption.signal.aborted) interrupt();
    };
  },
});

await Promise.all([stdout, stderr].map((stream) => new Promise((flushed) => stream.write('', flushed))));
// Not by itself: Node waits for a TCP connection attempt to a silent host, which the kernel gives up after two minutes.
process.exit(code);
