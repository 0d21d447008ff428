import { FleetError } from '../fleet-error.js';

const remedy = 'write growing sizes above 0 such as "1,10%,50%,100%": hosts or percentages of all hosts, each counting those before it';

/**
 * Reads the waves of a rollout, "1, 10%, 50%, 100%": how many of all hosts are done when a wave is over. A percentage is rounded up, so that it is one
 * host at least. A wave that adds no host, as 10% of five after one host, is left out; the last one takes all that are left.
 *
 * @returns hosts that are done after each wave; the last is `hostCount`
 * @throws FleetError ROLLOUT_INVALID
 */
export function parseWaves(text: string, hostCount: number): readonly number[] {
  const sizes = text.split(',').map((part) => readSize(part.trim()));
  checkGrowth(sizes.filter(({ percent }) => percent));
  checkGrowth(sizes.filter(({ percent }) => !percent));
  const totals = sizes.map(({ percent, amount }) => Math.min(percent ? Math.ceil((amount * hostCount) / wholePercent) : amount, hostCount));
  return [...totals, hostCount].filter((total, index, all) => all.slice(0, index).every((before) => before < total));
}

/** 100 %, in the thousandths in which percentages are counted: fractions of two would not add up. */
const wholePercent = 100_000;

interface WaveSize {
  readonly given: string;
  /** Hosts, or thousandths of a percent. */
  readonly amount: number;
  readonly percent: boolean;
}

function readSize(given: string): WaveSize {
  const [, hosts, percentage] = /^(?:(\d{1,6})|(\d{1,3}(?:\.\d{1,3})?)%)$/.exec(given) ?? [];
  const percent = percentage !== undefined;
  const amount = percent ? Math.round(Number(percentage) * 1_000) : Number(hosts);
  if (amount > 0 && !(percent && amount > wholePercent)) return { given, amount, percent };
  throw new FleetError('ROLLOUT_INVALID', `"${given}" is no size of a wave`, remedy);
}

/** How hosts and percentages compare depends on the fleet; two of a kind do not. */
function checkGrowth(sizes: readonly WaveSize[]): void {
  for (const [index, { given, amount }] of sizes.entries()) {
    const before = sizes[index - 1];
    if (before === undefined || amount > before.amount) continue;
    throw new FleetError('ROLLOUT_INVALID', `wave "${given}" is not larger than "${before.given}" before it`, remedy);
  }
}
