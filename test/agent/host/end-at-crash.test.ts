import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';

const program = (cause: string): string => `
import { endAtCrash } from './agent/host/end-at-crash.js';
endAtCrash(
  { fatal: ({ err }, text) => console.log('log', err.message, text) },
  { report: (event, text) => console.log(event, text.split('\\n')[0]) },
);
setTimeout(() => { ${cause} }, 1);
setInterval(() => {}, 1000);
`;

it.each([
  ['an exception', `throw new Error('torn')`],
  ['a rejection', `Promise.reject(new Error('torn'))`],
])('%s that nobody caught is told to log and host, and ends the process with a failure', async (_, cause) => {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program(cause)]);
  let stdout = '';
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(1);
  expect(stdout).toBe('log torn unexpected: the agent ends\ncrashed unexpected: Error: torn\n');
});
