import { type Command, Option } from 'commander';
import { formatAddress, parseAddress } from '../../../proto/address.js';
import { type DesiredState, loadDesiredState } from '../../fleet/desired-state.js';
import type { SavedPlanBasis } from '../../fleet/saved-plan.js';
import { collect } from './values.js';

/** Options that say what shall be, and how failures are dealt with; a plan and its apply take the same. */
export interface DesiredStateOptions {
  readonly file: string;
  readonly destination?: readonly string[];
  readonly continueOnError?: boolean;
}

/** A desired state and what else is sent with it to every host. */
export interface DesiredChange {
  readonly state: DesiredState;
  readonly options: SavedPlanBasis['options'];
}

/** Adds `-f`, `--destination` and `--continue-on-error`. */
export function addDesiredStateOptions(command: Command, { fileRequired = true }: { readonly fileRequired?: boolean } = {}): Command {
  const file = new Option('-f, --file <file>', 'desired state (YAML): owner, driftPolicy, and all routes of that owner');
  return command
    .addOption(file.makeOptionMandatory(fileRequired))
    .addOption(new Option('--destination <address>', 'show how the way to this address changes, too; can be repeated').argParser(collect))
    .option('--continue-on-error', 'do what can be done, instead of all or nothing');
}

/** @throws FleetError or InvalidValueError */
export async function desiredChangeOf({ file, destination, continueOnError = false }: DesiredStateOptions): Promise<DesiredChange> {
  const state = await loadDesiredState(file);
  return {
    state,
    options: {
      owner: state.owner,
      driftPolicy: state.driftPolicy,
      destinations: destination?.map((address) => formatAddress(parseAddress(address))),
      atomicity: continueOnError ? 'continueOnError' : 'allOrNothing',
    },
  };
}
