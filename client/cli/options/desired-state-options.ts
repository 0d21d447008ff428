import { type Command, Option } from 'commander';
import { formatAddress, parseAddress } from '../../../proto/address.js';
import { type DesiredState, loadDesiredState } from '../../fleet/desired-state.js';
import type { ChangeOptions } from '../../model/call-options.js';
import type { Change } from '../../model/change.js';
import { collect } from './values.js';

/** Options that say what shall be, and how failures are dealt with; a plan and its apply take the same. */
export interface DesiredStateOptions {
  readonly file: string;
  readonly destination?: readonly string[];
  readonly continueOnError?: boolean;
}

/** A change as a file wants it. */
export interface DesiredChange {
  readonly change: Change;
  readonly options: ChangeOptions;
}

/** Adds `-f`, `--destination` and `--continue-on-error`. */
export function addDesiredStateOptions(command: Command): Command {
  return command
    .requiredOption('-f, --file <file>', 'desired state (YAML): owner, driftPolicy, and all routes of that owner')
    .addOption(new Option('--destination <address>', 'show how the way to this address changes, too; can be repeated').argParser(collect))
    .option('--continue-on-error', 'do what can be done, instead of all or nothing');
}

/** @throws FleetError or InvalidValueError */
export async function desiredChangeOf({ file, destination, continueOnError = false }: DesiredStateOptions): Promise<DesiredChange> {
  const { owner, driftPolicy, routes }: DesiredState = await loadDesiredState(file);
  return {
    change: { desiredRoutes: routes },
    options: {
      owner,
      driftPolicy,
      destinations: destination?.map((address) => formatAddress(parseAddress(address))),
      atomicity: continueOnError ? 'continueOnError' : 'allOrNothing',
    },
  };
}
