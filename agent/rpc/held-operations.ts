import { RouteTableError } from '../routes/errors.js';

/** Operations that the agent holds for all calls together, and for those of one party: each takes about 1 KB until its call ends. */
const heldInAll = 400_000;
const heldPerParty = 200_000;

/** Counts the operations of changes that are being received, planned or applied, so that many large changes at once do not fill the memory. */
export interface HeldOperations {
  /** A call begins. `take` counts operations of it, and throws RATE_LIMITED when there are too many; `release` gives all back. */
  begin(party: string): { take(count: number): void; release(): void };
}

/** Nothing is held yet. */
export function createHeldOperations(): HeldOperations {
  const byParty = new Map<string, number>();
  let inAll = 0;
  return {
    begin(party) {
      let mine = 0;
      const add = (count: number): void => {
        mine += count;
        inAll += count;
        const ofParty = (byParty.get(party) ?? 0) + count;
        if (ofParty === 0) byParty.delete(party);
        else byParty.set(party, ofParty);
      };
      return {
        take(count) {
          const ofParty = byParty.get(party) ?? 0;
          if (inAll + count > heldInAll || ofParty + count > heldPerParty) throw tooManyHeld(ofParty, inAll);
          add(count);
        },
        release: () => add(-mine),
      };
    },
  };
}

function tooManyHeld(ofParty: number, inAll: number): RouteTableError {
  return new RouteTableError('RATE_LIMITED', `${ofParty} operations of this caller and ${inAll} in all are under way`, {
    remedy: `wait for answers before sending more; at most ${heldPerParty} operations of one caller and ${heldInAll} in all may be under way`,
  });
}
