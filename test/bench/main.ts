/** `npm run bench [-- name…] [--rounds n] [--json]`: every path of docs/performance.md against its floor, measured in this run. Decides nothing. */
import { parseArgs } from 'node:util';
import stringWidth from 'string-width';
import { apply } from './apply.js';
import { applyKernel } from './apply-kernel.js';
import { applyStall } from './apply-stall.js';
import { type Benchmark, isReached, type Result } from './benchmark.js';
import { calls, tls } from './calls.js';
import { encode } from './encode.js';
import { fanOut } from './fan-out.js';
import { list } from './list.js';
import { listMemory } from './list-memory.js';
import { listStall } from './list-stall.js';
import { nativeWrite } from './native-write.js';
import { plan } from './plan.js';
import { start } from './start.js';
import { watchKernel } from './watch-kernel.js';
import { windowsStart } from './windows-start.js';
import { workers } from './workers.js';

const benchmarks: readonly Benchmark[] = [
  ...[encode, list, listStall, listMemory],
  ...[nativeWrite, apply, applyKernel, applyStall, plan, watchKernel],
  ...[calls, tls, fanOut, workers, start, windowsStart],
];

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, json: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) fail(`--rounds: ${values.rounds} is not a whole number from 1 on`);
const unknown = positionals.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
if (unknown.length > 0) fail(`no such benchmark: ${unknown.join(', ')}; there are ${benchmarks.map(({ name }) => name).join(', ')}`);

function fail(message: string): never {
  console.error(`bench: ${message}`);
  process.exit(64);
}

/** One benchmark of the report. */
interface Section extends Pick<Benchmark, 'name' | 'about'> {
  /** Why it was not run. */
  readonly skipped?: string;
  readonly results: readonly Result[];
}

async function measure({ name, about, missing, run }: Benchmark): Promise<Section> {
  const skipped = missing?.();
  if (skipped !== undefined) return { name, about, skipped, results: [] };
  return { name, about, results: await run({ rounds }) };
}

function print({ name, about, skipped, results }: Section): void {
  console.log(`\n${name}: ${about}`);
  if (skipped !== undefined) console.log(`  skipped, missing: ${skipped}`);
  if (results.length === 0) return;
  const rows = [['', 'ours', 'floor', '', 'ratio', 'spread', 'to reach', ''], ...results.map(cells)];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => stringWidth(row[column] ?? '')))) ?? [];
  const isText = (column: number): boolean => column === 0 || column === 3 || column === 7;
  for (const row of rows) {
    const line = row.map((cell, column) => (isText(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)));
    console.log(`  ${line.join('  ').trimEnd()}`);
  }
}

function cells(result: Result): string[] {
  const { what, ours, floor, unit, ratio, spread, goal } = result;
  const wanted = goal === undefined ? '' : 'most' in goal ? `≤ ${goal.most}` : `≥ ${goal.least}`;
  return [
    what,
    figure(ours),
    figure(floor),
    unit,
    figure(ratio),
    spread.map(figure).join(' – '),
    wanted,
    isReached(result) ? '' : 'not reached',
  ];
}

/** Three digits that say something. */
function figure(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

const sections: Section[] = [];
for (const benchmark of benchmarks) {
  if (positionals.length > 0 && !positionals.includes(benchmark.name)) continue;
  const section = await measure(benchmark);
  sections.push(section);
  if (!values.json) print(section);
}
if (values.json) console.log(JSON.stringify({ node: process.version, rounds, benchmarks: sections }, undefined, 2));
