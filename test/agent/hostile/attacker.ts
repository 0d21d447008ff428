/** Runs attacks in a process of its own: what they cost is not taken from the client that is measured. */
import { type AttackName, attacks } from './attacks/index.js';
import type { Target } from './attacks/target.js';

/** What a test orders. */
export interface Order {
  readonly attack: AttackName;
  readonly target: Target;
}

process.on('message', ({ attack, target }: Order) => {
  attacks[attack](target).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ failure: error instanceof Error ? error.stack : String(error) }),
  );
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
