import type { RolloutState } from '../../fleet/rollout/rollout-state.js';
import { toPlain } from './plain.js';
import type { RolloutLines } from './rollout-lines.js';

/** One object per line for everything that happens, and one whenever the rollout as a whole moves. */
export function createRolloutObjects(rollout: string, initial: RolloutState): RolloutLines {
  let before = initial;
  return (event, state) => {
    const { at, type, ...more } = event;
    const time = new Date(at);
    const note = 'note' in more ? more.note : undefined;
    const host = 'host' in more ? more.host : undefined;
    const outcome = 'outcome' in more ? more.outcome : undefined;
    const answer = event.type === 'gateEnded' ? { unwell: event.unwell, closed: event.closed } : undefined;
    const objects: object[] = [{ time, rollout, event: type, host, outcome, ...note, ...answer }];
    // A host that is given up has no event of its own.
    for (const [name, { status, why }] of state.hosts) {
      if (name !== host && before.hosts.get(name)?.since !== undefined && (status === 'unreachable' || status === 'undoFailed')) {
        objects.push({ time, rollout, event: 'hostEnded', host: name, outcome: status, ...why });
      }
    }
    if (hasMoved(before, state)) objects.push(phaseObject(time, rollout, state));
    before = state;
    return objects.map((object) => `${JSON.stringify(toPlain(object))}\n`).join('');
  };
}

/** Where the rollout stands. */
export function phaseObject(time: Date, rollout: string, { phase, wave, policy, paused, stop, hosts }: RolloutState): object {
  const counts: Record<string, number> = {};
  for (const { status } of hosts.values()) counts[status] = (counts[status] ?? 0) + 1;
  return { time, rollout, event: 'phase', phase, wave: wave + 1, waves: policy.waves.length, paused, stop, hosts: counts };
}

function hasMoved(before: RolloutState, { phase, wave, paused, stop }: RolloutState): boolean {
  return phase !== before.phase || wave !== before.wave || paused !== before.paused || stop !== before.stop;
}
