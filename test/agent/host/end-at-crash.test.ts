import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';

const program = (cause: string): string => `
import { writeSync } from 'node:fs';
import { endAtCrash } from './agent/host/end-at-crash.js';
endAtCrash(
  { fatal: ({ err }, text) => writeSync(1, \`log \${err.message} \${text}\\n\`) },
  { report: (event, text) => writeSync(1, \`\${event} \${text.split('\\n')[0]}\\n\`) },
);
setTimeout(() => { ${cause} }, 1);
setInterval(() => {}, 1000);
`;

it.each([
  ['an exception', `throw new Error('torn')`],
  ['a rejection', `Promise.reject(new Error('torn'))`],
])('%s that nobody caught is told to log and host, and ends the process at once', async (_, cause) => {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program(cause)]);
  let stdout = '';
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  expect(await new Promise((resolve) => child.on('close', (_code, signal) => resolve(signal)))).toBe('SIGKILL');
  expect(stdout).toBe('log torn unexpected: the agent ends\ncrashed unexpected: Error: torn\n');
});
