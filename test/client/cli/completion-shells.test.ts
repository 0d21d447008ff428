import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './run.js';

const directory = mkdtempSync(join(tmpdir(), 'routefleet completion-'));
afterAll(() => rmSync(directory, { recursive: true }));
const inventory = join(directory, 'fleet.yaml');
writeFileSync(inventory, 'hosts: { web1: { address: 10.0.0.1 }, web2: , db1: }\n');

describe('the scripts', () => {
  it.each([
    ['bash', /^complete -F _routefleet routefleet$/m],
    ['zsh', /^#compdef routefleet\n/],
    ['fish', /^complete -c routefleet -f -a /m],
    ['powershell', /^Register-ArgumentCompleter -Native -CommandName routefleet /m],
  ])('of %s registers itself and asks the hidden command', async (shell, registration) => {
    const { code, stdout } = await run(['completion', shell]);
    expect(code).toBe(0);
    expect(stdout).toMatch(registration);
    expect(stdout).toMatch(/routefleet __complete /);
    expect(stdout).toMatch(/2>(\/dev\/null|\$null)/);
  });
});

function finds(shell: string): Promise<boolean> {
  return promisify(execFile)(shell, ['--version']).then(
    () => true,
    () => false,
  );
}

const installed = Object.fromEntries(
  await Promise.all(['bash', 'zsh', 'fish', 'pwsh'].map(async (shell) => [shell, await finds(shell)] as const)),
);

describe('in a shell', { timeout: 60_000 }, () => {
  const bin = join(directory, 'bin');
  const asked = join(directory, 'asked');
  const scriptOf = (shell: string) => join(directory, `script.${shell}`);
  beforeAll(async () => {
    mkdirSync(bin);
    for (const shell of ['bash', 'zsh', 'fish', 'powershell']) writeFileSync(scriptOf(shell), (await run(['completion', shell])).stdout);
  });

  function program(text: string): void {
    writeFileSync(join(bin, 'routefleet'), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, 'routefleet'), 0o755);
  }

  /** Stands for the program: notes what it is asked, and answers with these lines. */
  function answering(...answers: readonly string[]): void {
    writeFileSync(join(directory, 'answers'), answers.map((line) => `${line}\n`).join(''));
    program(`echo noise >&2; printf '%s\\n' "$@" > '${asked}'; cat '${join(directory, 'answers')}'`);
  }

  async function inShell(shell: string, ...args: readonly string[]): Promise<string[]> {
    const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, ROUTEFLEET_INVENTORY: inventory };
    const { stdout, stderr } = await promisify(execFile)(shell, args, { cwd: directory, env });
    expect(stderr).toBe('');
    return stdout.split(/\r?\n/).filter((line) => line !== '');
  }

  /** What readline hands over and gets; `cut` is the line as bash cuts it. The cursor is at its end. */
  function bash(line: string, ...cut: readonly string[]): Promise<string[]> {
    const script = `source "$1"; COMP_LINE=$2 COMP_POINT=\${#2}; shift 2; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _routefleet; printf "%s\\n" "\${COMPREPLY[@]}"`;
    return inShell('bash', '--norc', '-c', script, 'bash', scriptOf('bash'), line, ...cut);
  }

  const question = () => readFileSync(asked, 'utf8').trimEnd().split('\n');

  it.skipIf(!installed.bash)('bash asks the program itself (skipped where bash is not installed)', async () => {
    program(
      `exec "${process.execPath}" --import "${import.meta.resolve('tsx')}" "${join(import.meta.dirname, '../../../client/cli/main.ts')}" "$@"`,
    );
    expect(await bash('routefleet watch --host=we', 'routefleet', 'watch', '--host', '=', 'we')).toEqual(['web1', 'web2']);
  });

  it.skipIf(!installed.bash).each([
    ['routefleet inv', ['inv'], ['inventory\tshow it'], [':inv'], ['inventory']],
    ['routefleet  routes ', ['routes', ''], ['list', 'get'], [':routes', ':'], ['list', 'get']],
    ['routefleet watch --host=', ['watch', '--host', '=', ''], ['--host=a', '--host=b'], [':watch', ':--host='], ['a', 'b']],
    ['routefleet watch --host= w', ['watch', '--host', '=', 'w'], ['w1'], [':watch', ':--host=', ':w'], ['w1']],
    ['routefleet -l site=a', ['-l', 'site', '=', 'a'], [':nospace', 'site=ams'], [':-l', ':site=a'], ['ams']],
    ['routefleet --limit failed@l', ['--limit', 'failed', '@', 'l'], ['failed@last'], [':--limit', ':failed@l'], ['@last']],
    ['routefleet --probe tcp:', ['--probe', 'tcp', ':', ''], ['tcp:'], [':--probe', ':tcp:'], []],
    ['routefleet --probe gateway:', ['--probe', 'gateway', ':', ''], ['gateway:ipv6'], [':--probe', ':gateway:'], ['ipv6']],
    ['routefleet --host "we', ['--host', '"we'], ['web1'], [':--host', ':we'], ['web1']],
    [
      "routefleet --inventory 'my fleet.yaml' --host w",
      ['--inventory', "'my fleet.yaml'", '--host', 'w'],
      ['w1'],
      [':--inventory', ':my fleet.yaml', ':--host', ':w'],
      ['w1'],
    ],
    ['routefleet plan -f fl', ['plan', '-f', 'fl'], [':files'], [':plan', ':-f', ':fl'], ['fleet.yaml']],
    ['routefleet plan --file=fl', ['plan', '--file', '=', 'fl'], [':files'], [':plan', ':--file=fl'], ['fleet.yaml']],
  ])('bash completes %j (skipped where bash is not installed)', async (line, cut, answers, expected, offered) => {
    answering(...answers);
    expect(await bash(line, 'routefleet', ...cut)).toEqual(offered);
    expect(question()).toEqual(['__complete', ...expected]);
  });

  it.skipIf(!installed.bash)('bash completes in the middle of a line (skipped where bash is not installed)', async () => {
    answering('routes');
    const script = `source "$1"; COMP_LINE="routefleet rou list" COMP_POINT=13 COMP_WORDS=(routefleet rou list) COMP_CWORD=1; _routefleet; echo "\${COMPREPLY[@]}"`;
    expect(await inShell('bash', '--norc', '-c', script, 'bash', scriptOf('bash'))).toEqual(['routes']);
    expect(question()).toEqual(['__complete', ':ro']);
  });

  it.skipIf(!installed.zsh)('zsh asks, and offers what it is told (skipped where zsh is not installed)', async () => {
    answering('web1\t10.0.0.1:7420', 'gateway:ipv6');
    const script = `compdef() { print -r -- "$@"; }; _describe() { print -rl -- "\${(@P)2}"; }; source "$1"; words=(routefleet --host "'we") CURRENT=3 PREFIX=we; _routefleet`;
    expect(await inShell('zsh', '-f', '-c', script, 'zsh', scriptOf('zsh'))).toEqual([
      '_routefleet routefleet',
      'web1:10.0.0.1:7420',
      'gateway\\:ipv6',
    ]);
    expect(question()).toEqual(['__complete', ':--host', ':we']);
  });

  it.skipIf(!installed.fish)('fish asks, and offers what it is told (skipped where fish is not installed)', async () => {
    answering('web1\t10.0.0.1:7420', ':nospace');
    const complete = (line: string) => inShell('fish', '--no-config', '-c', `source $argv[1]; complete -C '${line}'`, scriptOf('fish'));
    expect(await complete('routefleet watch --host we')).toEqual(['web1\t10.0.0.1:7420']);
    expect(question()).toEqual(['__complete', ':watch', ':--host', ':we']);
    answering(':files');
    expect(await complete('routefleet plan --file=fl')).toEqual(['--file=fleet.yaml']);
  });

  it.skipIf(!installed.pwsh)('PowerShell asks, and offers what it is told (skipped where pwsh is not installed)', async () => {
    answering('web1\t10.0.0.1:7420', ':nospace');
    const line = 'routefleet watch --host we';
    const script = `. '${scriptOf('powershell')}'; (TabExpansion2 '${line}' ${line.length}).CompletionMatches.CompletionText`;
    expect(await inShell('pwsh', '-NoProfile', '-Command', script)).toEqual(['web1']);
    expect(question()).toEqual(['__complete', ':watch', ':--host', ':we']);
  });
});
