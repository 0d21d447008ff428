import type { HostState, RolloutState } from '../../fleet/rollout/rollout-state.js';
import type { RolloutStore, StoredRollout } from '../../fleet/rollout/rollout-store.js';
import { stateOf } from '../../fleet/rollout/run-stored.js';
import type { CliIo } from '../io.js';
import type { GlobalOptions } from '../options/global-options.js';
import { machineText } from '../render/machine-text.js';
import { toPlain } from '../render/plain.js';
import { createRenderer } from '../render/render.js';
import { originText, standText, statusWords, wavesText } from '../render/rollout-text.js';
import { renderTable } from '../render/table.js';
import type { View } from '../render/view.js';
import { UsageError } from '../usage-error.js';
import { eachRollout } from './each-rollout.js';

interface RolloutRow {
  readonly id: string;
  readonly createTime: Date;
  readonly source: string;
  readonly startedBy?: string | undefined;
  readonly driven: boolean;
  readonly state: RolloutState;
}

/** Shows all rollouts, newest first; one that is damaged does not hide the others. @returns false: one could not be read */
export async function listRollouts({ stdout, stderr, color }: CliIo, store: RolloutStore, globals: GlobalOptions): Promise<boolean> {
  const rows: RolloutRow[] = [];
  const newestFirst = (await store.list()).toReversed();
  const complete = await eachRollout(store, newestFirst, { stderr, color: color.stderr && globals.color }, (rollout) => {
    rows.push(rowOf(rollout));
  });
  stdout.write(listText(rows, globals, color.stdout && globals.color));
  return complete;
}

function rowOf({ spec, events, driven }: StoredRollout): RolloutRow {
  const { id, createdAt, source, startedBy } = spec;
  return { id, createTime: new Date(createdAt), source, startedBy, driven, state: stateOf(spec, events) };
}

function listText(rows: readonly RolloutRow[], { output }: GlobalOptions, color: boolean): string {
  const objects = () =>
    rows.map(({ state: { phase, paused, stop, wave, policy, hosts }, ...row }) =>
      toPlain({ ...row, phase, paused, stop, wave: wave + 1, waves: policy.waves.length, hosts: hosts.size }),
    );
  switch (output) {
    case 'table':
      return renderTable<RolloutRow>(
        rows.map((row) => ({ host: '', row })),
        [
          { header: 'ROLLOUT', text: ({ id }) => id },
          { header: 'FROM', text: ({ source }) => source },
          { header: 'BY', text: ({ startedBy }) => startedBy },
          { header: 'DRIVEN', text: ({ driven }) => (driven ? 'yes' : undefined) },
          { header: 'STATE', text: ({ state }) => standText(state) },
        ],
        { hostColumn: false, color },
      );
    case 'json':
    case 'yaml':
    case 'ndjson':
      return machineText(output, objects());
    case 'csv':
      throw new UsageError('"-o csv" has no form for this command', 'give -o json, yaml or ndjson');
  }
}

interface HostRow extends Pick<HostState, 'status' | 'mayStand'> {
  readonly wave: number;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly remedy?: string | undefined;
}

const hostView: View<HostRow> = {
  fields: ['wave', 'status', 'mayStand', 'reason', 'message', 'remedy'],
  columns: [
    { header: 'WAVE', text: ({ wave }) => wave, align: 'right' },
    { header: 'RESULT', text: ({ status }) => statusWords[status] },
    { header: 'REASON', text: ({ reason }) => reason },
    { header: 'MESSAGE', text: ({ message }) => message },
  ],
};

/** Shows one rollout host by host. */
export async function showRollout({ stdout, color }: CliIo, store: RolloutStore, id: string, globals: GlobalOptions): Promise<void> {
  const row = rowOf(await store.read(id));
  const { state } = row;
  const renderer = createRenderer(globals.output, hostView, { hostColumn: true, color: color.stdout && globals.color });
  if (globals.output === 'table') {
    const drivenText = row.driven ? '; a process drives it' : '';
    stdout.write(`${originText(row)}: ${standText(state)}${drivenText}\nwaves: ${wavesText(state.policy)}\n`);
  }
  const hostRows = [...state.hosts].map(([host, { status, mayStand, why }], index) => {
    const wave = state.policy.waves.findIndex((size) => index < size) + 1;
    return { host, row: { wave, status, mayStand, reason: why?.reason, message: why?.message, remedy: why?.remedy } };
  });
  stdout.write(renderer.add(hostRows) + renderer.end());
}
