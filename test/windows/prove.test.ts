import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fetchNpmPackage } from '../../.ci/npm-package.js';
import { createPowerShellParser, type SyntaxNode } from '../support/powershell.js';
import { mark, networks, readTestInterfaces } from '../windows-host/test-interfaces.js';

const scripts = ['test/windows/prove.ps1', 'test/windows/prove-msi.ps1'] as const;

/** Commands of Windows PowerShell 5.1 and Windows that the scripts may use; whoever adds one has read what it does. */
const known = {
  reading: [
    ...['Get-ChildItem', 'Get-CimInstance', 'Get-Content', 'Get-Item', 'Get-NetAdapter', 'Get-NetIPAddress', 'Get-NetRoute', 'Get-Service'],
    ...['Resolve-Path', 'Split-Path', 'Join-Path', 'Test-Path'],
  ],
  harmless: [
    ...['Add-Type', 'ConvertFrom-Json', 'ConvertTo-Json', 'ForEach-Object', 'Measure-Command', 'New-Object', 'Out-Host', 'Pop-Location'],
    ...['Push-Location', 'Select-Object', 'Set-StrictMode', 'Start-Sleep', 'Where-Object', 'Write-Host', 'node.exe'],
  ],
  /** Of the report. */
  files: ['New-Item', 'Remove-Item', 'Set-Content'],
  network: [
    'New-NetIPAddress',
    'New-NetRoute',
    'Remove-NetIPAddress',
    'Remove-NetRoute',
    'Rename-NetAdapter',
    'Set-NetIPInterface',
    'netsh.exe',
  ],
  /** The installer, in prove-msi.ps1. */
  programs: ['Start-Process'],
} as const;

let parsePowerShell: (source: string) => SyntaxNode;
beforeAll(async () => {
  parsePowerShell = await createPowerShellParser();
});

const read = async (script: string): Promise<SyntaxNode> => parsePowerShell(await readFile(script, 'utf8'));
const namesOf = (root: SyntaxNode): string[] => [...new Set(root.descendantsOfType('command_name').map(({ text }) => text))];
const functionsOf = (root: SyntaxNode): string[] => root.descendantsOfType('function_name').map(({ text }) => text);
const commandsNamed = (root: SyntaxNode, name: string): SyntaxNode[] =>
  root.descendantsOfType('command').filter((command) => command.descendantsOfType('command_name')[0]?.text === name);

function leaves(node: SyntaxNode): SyntaxNode[] {
  return node.children.length === 0 ? [node] : node.children.flatMap(leaves);
}

function mistakes(node: SyntaxNode): string[] {
  const own = node.type === 'ERROR' || node.isMissing ? [`line ${node.startPosition.row + 1}: ${node.text.slice(0, 80)}`] : [];
  return [...own, ...node.children.flatMap(mistakes)];
}

describe.each(scripts)('%s', (script) => {
  it('is PowerShell, in ASCII', async () => {
    expect(mistakes(await read(script))).toEqual([]);
    // Windows PowerShell 5.1 takes a file without byte order mark for one in the code page of the machine.
    expect(await readFile(script, 'latin1')).toMatch(/^[\t\n\x20-\x7e]+$/);
  });

  it('has nothing that Windows PowerShell 5.1 does not know', async () => {
    const newer = ['&&', '||', '??', '??=', '?.', '?[', '?'];
    const tokens = leaves(await read(script)).filter(({ type }) => type !== 'comment');
    expect(tokens.filter(({ text }) => newer.includes(text)).map(({ text, startPosition }) => [text, startPosition.row + 1])).toEqual([]);
    expect(await readFile(script, 'utf8')).toContain('#requires -Version 5.1\n#requires -RunAsAdministrator\n');
  });

  it('calls known commands and its own functions, and has no function that nobody calls', async () => {
    const root = await read(script);
    const own = functionsOf(root);
    const allowed: readonly string[] = [...Object.values(known).flat(), ...own];
    expect(namesOf(root).filter((name) => !allowed.includes(name))).toEqual([]);
    expect(own.filter((name) => !namesOf(root).includes(name))).toEqual([]);
  });
});

describe('test/windows/prove.ps1', () => {
  const [script] = scripts;
  /** The first command of the pipeline that a command is in. */
  const source = (command: SyntaxNode): string => command.parent?.children[0]?.text ?? '';

  it('changes routes and addresses of the adapter alone that it was given by name', async () => {
    const root = await read(script);
    const named = ['New-NetIPAddress', 'New-NetRoute', 'Set-NetIPInterface'].flatMap((name) => commandsNamed(root, name));
    expect(named.map(({ text }) => text)).toHaveLength(3);
    for (const { text } of named) expect(text).toMatch(/-InterfaceAlias \$alias /i);
    const piped = ['Remove-NetIPAddress', 'Remove-NetRoute'].flatMap((name) => commandsNamed(root, name));
    expect(piped).toHaveLength(2);
    for (const command of piped) expect(source(command)).toMatch(/^Get-Net(Route|IPAddress) -InterfaceAlias \$Alias /);
    expect(commandsNamed(root, 'netsh.exe').map(({ text }) => text)).toEqual([expect.stringContaining('"interface=$alias"')]);
  });

  it('renames and removes no adapter but those that it made, or that bear its name and are loopback adapters', async () => {
    const root = await read(script);
    const text = await readFile(script, 'utf8');
    expect(commandsNamed(root, 'Rename-NetAdapter').map((command) => command.text)).toEqual([
      'Rename-NetAdapter -Name $new[0].Name -NewName $Alias',
    ]);
    expect(text.match(/\/remove-device/g)).toHaveLength(1);
    expect(text).toContain("'/remove-device', $device)");
    expect(text).toContain('foreach ($device in $madeAdapters)');
    const added = [...text.matchAll(/\$madeAdapters\.Add\((.+?)\)/g)].map(([, device]) => device);
    expect(added).toEqual(['$new[0].PnPDeviceID', '$_.PnPDeviceID']);
    expect(text).toMatch(/Get-NetAdapter -Name \$each\.Alias \| Where-Object \{ \$_\.InterfaceDescription -like \$loopbackDescription /);
  });

  it('cleans up in any case', async () => {
    const root = await read(script);
    const [clause, ...more] = root.descendantsOfType('finally_clause');
    expect(more).toEqual([]);
    expect(clause?.text).toMatch(/^finally \{\s+Remove-Everything\s/);
  });

  it('gives the adapters the names and networks that the contract suite looks for', async () => {
    const text = await readFile(script, 'utf8');
    const marked = [...text.matchAll(/Alias = '([^']+)'; IPv4 = '([^']+)'; IPv6 = '([^']+)'; NextHop = '([^']+)'/g)];
    expect(marked.map(([, alias]) => alias)).toEqual([mark, `${mark}-2`]);
    const interfaces = readTestInterfaces(marked.map(([, alias]) => alias).join(','));
    for (const [index, [, , ipv4, ipv6, nextHop]] of marked.entries()) {
      expect([ipv4, ipv6]).toEqual([`${networks[index]?.ipv4}.1`, `${networks[index]?.ipv6}:1`]);
      expect(nextHop).toBe(interfaces?.[index]?.nextHops4[0]);
    }
  });
});

describe('.github/workflows/windows.yml', () => {
  it('is a workflow, and runs both scripts in Windows PowerShell', async () => {
    const text = await readFile('.github/workflows/windows.yml', 'utf8');
    const directory = await fetchNpmPackage({
      name: '@action-validator/core',
      version: '0.6.0',
      integrity: 'sha512-tPglwCr8Mm8SWzwnVewwFmqRx91F0WvMsM0BRAqH4CLalyGndm53Xvp+UcUSzswpk1wkjIDYI7RyEhWMLyPkig==',
    });
    const { validateWorkflow } = createRequire(import.meta.url)(directory) as {
      validateWorkflow(text: string): { readonly errors: unknown[] };
    };
    expect(validateWorkflow(text).errors).toEqual([]);
    expect(validateWorkflow(text.replace('runs-on: ubuntu', 'run-on: ubuntu')).errors).not.toEqual([]);
    const { jobs } = parse(text) as {
      readonly jobs: Record<string, { readonly steps: readonly { readonly shell?: string; readonly run?: string }[] }>;
    };
    const steps = Object.values(jobs).flatMap((job) => job.steps.filter(({ shell }) => shell === 'powershell'));
    expect(steps.map(({ run }) => run?.replaceAll('\\', '/').split(' ')[0])).toEqual([...scripts]);
  });
});
