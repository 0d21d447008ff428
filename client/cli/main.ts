#!/usr/bin/env node
import { runCli } from './run-cli.js';

const { stdout, stderr, env } = process;

// "| head" closes the pipe when it has seen enough: no mistake, and nobody is left to read more.
for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}

const interruption = new AbortController();
const signals = ['SIGINT', 'SIGTERM'] as const;
function interrupt(): void {
  interruption.abort(new Error('interrupted'));
  // A second Ctrl-C ends the process at once.
  for (const name of signals) process.off(name, interrupt);
}
for (const name of signals) process.on(name, interrupt);

const colorless = env.NO_COLOR !== undefined && env.NO_COLOR !== '';
const code = await runCli(process.argv.slice(2), {
  stdout,
  stderr,
  color: { stdout: stdout.isTTY === true && !colorless, stderr: stderr.isTTY === true && !colorless },
  interactive: stderr.isTTY === true,
  signal: interruption.signal,
});

await Promise.all([stdout, stderr].map((stream) => new Promise((flushed) => stream.write('', flushed))));
// Not by itself: Node waits for a TCP connection attempt to a silent host, which the kernel gives up after two minutes.
process.exit(code);
