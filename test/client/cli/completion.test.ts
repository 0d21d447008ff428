import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command, Option } from 'commander';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { optionsOf, subcommandsOf, takesValue } from '../../../client/cli/completion/command-line.js';
import { kindOf } from '../../../client/cli/completion/option-values.js';
import { createProgram } from '../../../client/cli/program.js';
import { run } from './run.js';

const directory = mkdtempSync(join(tmpdir(), 'routefleet completion-'));
afterAll(() => rmSync(directory, { recursive: true }));
const inventory = join(directory, 'fleet.yaml');
writeFileSync(
  inventory,
  'hosts:\n  web1: { address: 10.0.0.1, labels: { site: ams } }\n  web2: { labels: { site: fra } }\n  db1: { labels: { role: db } }\n',
);

beforeEach(() => {
  vi.stubEnv('ROUTEFLEET_INVENTORY', '');
  return () => vi.unstubAllEnvs();
});

/** The lines that a script gets; the last word is the one at the cursor. */
async function candidates(...words: readonly string[]): Promise<string[]> {
  const { code, stdout, stderr } = await run(['__complete', ...words.map((word) => `:${word}`)]);
  expect([code, stderr]).toEqual([0, '']);
  return stdout.split('\n').slice(0, -1);
}

/** The same without descriptions. */
async function words(...typed: readonly string[]): Promise<string[]> {
  return (await candidates(...typed)).map((line) => line.split('\t')[0] ?? '');
}

function program(): Command {
  const silent = { write: () => true };
  const io = { stdout: silent, stderr: silent, color: { stdout: false, stderr: false }, signal: new AbortController().signal };
  return createProgram({ io, finish: () => {} });
}

/** Every command that a help shows, with its path. */
function commandsOf(command: Command, path: readonly string[] = []): { readonly command: Command; readonly path: readonly string[] }[] {
  const inner = subcommandsOf(command).filter((each) => each.name() !== 'help');
  return [{ command, path }, ...inner.flatMap((each) => commandsOf(each, [...path, each.name()]))];
}

const commands = commandsOf(program());

describe('completion', () => {
  it.each(commands.map(({ command, path }) => [path.join(' ') || '(nothing)', command, path] as const))(
    'after %s offers every subcommand and every option that its help shows',
    async (_what, command, path) => {
      const subcommands = subcommandsOf(command).map((each) => each.name());
      if (subcommands.length > 0) expect(await words(...path, '')).toEqual(subcommands);
      const options = optionsOf(command).map(({ long, short, flags }) => long ?? short ?? flags);
      expect(options).toEqual(expect.arrayContaining(['--help', '--inventory', '--output']));
      expect(await words(...path, '-')).toEqual(options);
    },
  );

  it('knows of every option how its value is completed, or that it is any text', () => {
    const kinds = new Map<string, Set<string>>();
    const all = new Set<Option>(commands.flatMap(({ command }) => optionsOf(command)).filter(takesValue));
    for (const option of all) {
      const kind = kindOf(option);
      kinds.set(kind, (kinds.get(kind) ?? new Set()).add(option.flags));
    }
    expect([...(kinds.get('host') ?? [])]).toEqual(['--host <glob>']);
    expect([...(kinds.get('labels') ?? [])]).toEqual(['-l, --selector <labels>']);
    expect([...(kinds.get('names') ?? [])].sort()).toEqual(['--accept-risk <name>', '--origin <name>', '--protocol <name>']);
    const files = [...(kinds.get('file') ?? [])];
    expect(files).toEqual(
      expect.arrayContaining([
        '--inventory <file>',
        '--tls-ca <file>',
        '--tls-cert <file>',
        '--tls-key <file>',
        '--out <file>',
        '-f, --file <file>',
      ]),
    );
    // A value that is one of a few, or the name of a file, must not be among those of which nothing is known.
    const texts = [...(kinds.get('text') ?? [])].filter((flags) => flags !== '--tls-server-name <name>');
    for (const flags of texts) expect(flags).not.toMatch(/<(.*file|path|directory|format|name|glob|shell|state|policy)>/);
  });

  it('offers commands that begin so, with what they do', async () => {
    expect(await candidates('in')).toEqual([
      'interfaces\tlist network interfaces',
      'inventory\tshow and check the inventory, and import what a host has',
    ]);
    expect(await words('help', 'rou')).toEqual(['routes']);
    expect(await words('routes', 'help', 'g')).toEqual(['get']);
    expect(await words('--host', 'web1', '--inventory=x', 'routes', 'l')).toEqual(['list']);
  });

  it('hides its own machinery', async () => {
    expect(await words('__')).toEqual([]);
    expect((await run(['--help'])).stdout).not.toContain('__complete');
  });

  it.each([
    [
      ['routes', 'list', '-o', ''],
      ['table', 'json', 'yaml', 'ndjson', 'csv'],
    ],
    [['routes', 'list', '--output', 'J'], ['json']],
    [['routes', 'list', '--output=y'], ['--output=yaml']],
    [['routes', 'list', '-oy'], []],
    [
      ['routes', 'list', '--family', ''],
      ['4', '6'],
    ],
    [
      ['watch', '--protocol', 'ntS'],
      ['ntStatic', 'ntStaticNonDod'],
    ],
    [['watch', '--origin', 'd'], ['dhcp']],
    [
      ['apply', '--accept-risk', ''],
      ['management-path', 'default-route', 'other-owner'],
    ],
    [
      ['apply', '--probe', 'g'],
      [':nospace', 'gateway', 'gateway:ipv6'],
    ],
    [['plan', '-f', ''], [':files']],
    [['plan', '--file', 'x'], [':files']],
    [['plan', '--file=x'], [':files']],
    [['inventory', 'import', '--out', ''], [':files']],
    [['--tls-ca', ''], [':files']],
    [['routes', 'list', '--prefix', ''], []],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish', 'powershell'],
    ],
    [['completion', 'bash', 'z'], []],
    [['routes', 'get', '10.'], []],
  ])('of %j is %j', async (typed, expected) => {
    expect(await words(...typed)).toEqual(expected);
  });

  it('offers an option again only if it can be repeated, and none that the others exclude', async () => {
    expect(await words('routes', 'list', '--output', 'json', '--host', 'a', '--h')).toEqual(['--help', '--host'].sort());
    expect(await words('routes', 'list', '--output', 'json', '--ou')).toEqual([]);
    expect(await words('routes', 'list', '-o', 'json', '--ou')).toEqual([]);
    expect(await words('routes', 'list', '--wi')).toEqual(['--within']);
    expect(await words('routes', 'list', '--prefix', '10.0.0.0/8', '--wi')).toEqual([]);
    expect(await words('routes', 'list', '--within', '10.0.0.0/8', '--pre')).toEqual([]);
    expect(await words('plan', '-f')).toEqual(['-f']);
  });

  it('offers options where nothing else can follow, and none behind "--"', async () => {
    expect(await words('interfaces', '')).toContain('--inventory');
    expect(await words('routes', 'get', '')).toEqual([]);
    expect(await words('routes', 'get', '10.0.0.0/8', '')).toContain('--next-hop');
    expect(await words('interfaces', '--', '-')).toEqual([]);
    expect(await words('interfaces', '--', '')).toEqual([]);
  });

  it('offers hosts and labels of the inventory', async () => {
    expect(await candidates('routes', 'list', '--inventory', inventory, '--host', 'w')).toEqual(['web1\t10.0.0.1:7420', 'web2\tweb2:7420']);
    expect(await words(`--inventory=${inventory}`, 'routes', 'list', '--host=W')).toEqual(['--host=web1', '--host=web2']);
    expect(await words('--inventory', inventory, '-l', '')).toEqual([':nospace', 'role=db', 'site=ams', 'site=fra']);
    expect(await words('--inventory', inventory, '-l', 'role=db,s')).toEqual([':nospace', 'role=db,site=ams', 'role=db,site=fra']);
    vi.stubEnv('ROUTEFLEET_INVENTORY', inventory);
    expect(await words('interfaces', '--host', '')).toEqual(['web1', 'web2', 'db1']);
    expect(await words('interfaces', '--inventory', '/no', '--host', '')).toEqual([]);
    vi.stubEnv('HOME', directory);
    expect(await words('interfaces', '--inventory', '~/fleet.yaml', '--host', 'd')).toEqual(['db1']);
  });

  it('offers rollouts, the newest first, and what became of hosts in them', async () => {
    const rollouts = join(directory, 'rollouts');
    for (const id of ['20261124-123142-a1b2c3', '20261125-080000-d4e5f6']) {
      mkdirSync(join(rollouts, id), { recursive: true });
      writeFileSync(join(rollouts, id, 'journal'), '');
    }
    vi.stubEnv('ROUTEFLEET_ROLLOUTS_DIR', rollouts);
    const newestFirst = ['20261125-080000-d4e5f6', '20261124-123142-a1b2c3'];
    for (const verb of ['show', 'resume', 'undo', 'abort', 'promote', 'pause'])
      expect(await words('rollout', verb, '')).toEqual(newestFirst);
    expect(await words('history', '20261124')).toEqual(['20261124-123142-a1b2c3']);
    expect(await words('commit', 'show', '')).toEqual([]);
    expect(await words('--rollouts-dir', '/no', 'rollout', 'show', '')).toEqual([]);
    expect(await words('--limit', 'un')).toEqual([':nospace', 'unreachable@', 'undone@', 'unconfirmed@']);
    expect(await words('--limit', 'failed,unr')).toEqual([':nospace', 'failed,unreachable@']);
    expect(await words('--limit=failed@')).toEqual(['last', ...newestFirst].map((id) => `--limit=failed@${id}`));
  });

  it('is silent where the inventory cannot be read', async () => {
    const broken = join(directory, 'broken.yaml');
    for (const text of ['hosts: [', 'hosts: { a: { adress: x } }', '!exec [no-such-program]']) {
      writeFileSync(broken, text);
      expect(await words('--inventory', broken, '--host', '')).toEqual([]);
    }
    expect(await words('--inventory', directory, '--host', '')).toEqual([]);
    expect(await words('--host', '')).toEqual([]);
  });

  it('never fails, whatever is typed', async () => {
    for (const typed of [[], [''], ['--'], ['-'], ['='], ['--=x'], ['--host'], ['-x', '--y=', 'z'], ['-o'], ['help', 'help', 'help', '']])
      await words(...typed);
  });

  it('refuses other shells', async () => {
    expect(await run(['completion', 'tcsh'])).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/Allowed choices are bash, zsh, fish, powershell/),
    });
  });
});
