import { countsText, type StepCounts } from './plan-summary.js';

/** How the same difference is told: as what is to be done, or as what is out of line. */
export interface PlanWords {
  readonly counts: (counts: StepCounts) => string;
  /** Of hosts: "with changes". */
  readonly differing: string;
  /** Of hosts: "without". */
  readonly same: string;
  /** The token, with which an apply can require the plan. */
  readonly token: boolean;
}

/** "2 to create" */
export const planWords: PlanWords = {
  counts: (counts) => countsText(counts, ['to create', 'to change', 'to delete'], 'no changes'),
  differing: 'with changes',
  same: 'without',
  token: true,
};

/** "2 missing" */
export const driftWords: PlanWords = {
  counts: (counts) => countsText(counts, ['missing', 'different', 'surplus'], 'as desired'),
  differing: 'with drift',
  same: 'as desired',
  token: false,
};
