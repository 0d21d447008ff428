import type { Option } from 'commander';
import { riskCodec } from '../../codec/change-names.js';
import { originCodec, protocolCodec } from '../../codec/route-names.js';
import { outcomeWords } from '../../fleet/rollout/outcome-selector.js';
import type { Candidate, Completion } from './complete.js';

/** What an inventory offers. */
export interface InventoryNames {
  /** Hosts, described by their addresses. */
  readonly hosts: readonly Candidate[];
  /** "site=ams", each once. */
  readonly labels: readonly string[];
}

/** Names that options take in any case, so that commander does not check them. */
const namesOf: Readonly<Record<string, readonly string[]>> = {
  '--protocol': protocolCodec.names,
  '--origin': originCodec.names,
  '--accept-risk': riskCodec.names,
};

/** Starts of values that go on with something that nobody can list. */
const startsOf: Readonly<Record<string, readonly string[]>> = {
  '--probe': ['tcp:', 'gateway', 'gateway:ipv6', 'best-route:', 'management-peer'],
};

/** How an option is completed. */
export type ValueKind = 'choices' | 'names' | 'starts' | 'outcome' | 'file' | 'host' | 'labels' | 'text';

/** By its choices, its name, or what stands for its value in its help: `--out <file>`. */
export function kindOf({ argChoices, long, flags }: Pick<Option, 'argChoices' | 'long' | 'flags'>): ValueKind {
  if (argChoices !== undefined) return 'choices';
  if (long && Object.hasOwn(namesOf, long)) return 'names';
  if (long && Object.hasOwn(startsOf, long)) return 'starts';
  const [, placeholder] = /[<[](.+?)[\]>]/.exec(flags) ?? [];
  if (placeholder === 'file') return 'file';
  if (placeholder === 'outcome@rollout') return 'outcome';
  if (placeholder === 'glob') return 'host';
  return placeholder === 'labels' ? 'labels' : 'text';
}

/** What can be the value of an option. */
export async function completeValue(
  option: Option,
  current: string,
  load: { inventory(): Promise<InventoryNames | undefined>; rollouts(): Promise<readonly string[]> },
): Promise<Completion> {
  switch (kindOf(option)) {
    case 'choices':
      return listed(option.argChoices ?? []);
    case 'names':
      return listed(namesOf[option.long ?? ''] ?? []);
    case 'starts':
      return { ...listed(startsOf[option.long ?? ''] ?? []), noSpace: true };
    case 'outcome':
      return completeOutcome(current, load.rollouts);
    case 'file':
      return { candidates: [], files: true };
    case 'host':
      return { candidates: (await load.inventory())?.hosts ?? [] };
    case 'labels':
      return completeLabels(current, await load.inventory());
    case 'text':
      return { candidates: [] };
  }
}

function listed(words: readonly string[]): Completion {
  return { candidates: words.map((word) => ({ word })) };
}

/** Of "site=ams,ro" the last term. */
function completeLabels(current: string, names: InventoryNames | undefined): Completion {
  const before = current.slice(0, current.lastIndexOf(',') + 1);
  return { ...listed((names?.labels ?? []).map((label) => before + label)), noSpace: true };
}

/** Of "failed,unreach" the last outcome, of "failed@2026" the rollout. */
async function completeOutcome(current: string, rollouts: () => Promise<readonly string[]>): Promise<Completion> {
  const at = current.indexOf('@') + 1;
  if (at > 0) return listed(['last', ...(await rollouts())].map((rollout) => current.slice(0, at) + rollout));
  const before = current.slice(0, current.lastIndexOf(',') + 1);
  return { ...listed(outcomeWords.map((word) => `${before}${word}@`)), noSpace: true };
}
