import { type Command, Option } from 'commander';
import { riskCodec } from '../../codec/change-names.js';
import { encodeWriteOptions } from '../../codec/write.js';
import type { WriteCallOptions } from '../../model/call-options.js';
import { UsageError } from '../usage-error.js';
import { parseProbe, probeSyntax } from './probe-text.js';
import { collect, parseChoice, parseConfirmWithinMs } from './values.js';

/** Options of everything that makes a commit. */
export interface CommitCommandOptions {
  readonly confirmWithin?: string;
  readonly acceptRisk?: readonly string[];
  readonly probe?: readonly string[];
  readonly comment?: string;
  readonly requestId?: string;
}

/** Options of a write that is not of a desired state. */
export interface WriteCommandOptions extends CommitCommandOptions {
  readonly owner?: string;
  readonly expectedRevision?: string;
  readonly dryRun?: boolean;
}

const commitHeading = 'Safety:';

/** Adds what goes with every commit. */
export function addCommitOptions(command: Command): Command {
  return command
    .optionsGroup(commitHeading)
    .option('--confirm-within <duration>', 'undo it unless "routefleet commit confirm" comes within this time, "2m"')
    .addOption(new Option('--accept-risk <name>', `take on a danger: ${riskCodec.names.join(', ')}; can be repeated`).argParser(collect))
    .addOption(new Option('--probe <probe>', `undo it if this no longer works after: ${probeSyntax}; can be repeated`).argParser(collect))
    .option('--comment <text>', 'for the history of the host')
    .option('--request-id <id>', 'makes a repeat safe: the same id with the same content is done once')
    .optionsGroup('Options:');
}

/** Adds the options of every write that is not of a desired state. */
export function addWriteOptions(command: Command): Command {
  command.option('--owner <owner>', 'who the route belongs to').option('--dry-run', 'check everything on the host and write nothing');
  return addKeepGoing(addCommitOptions(command)).option('--expected-revision <n>', 'refuse unless the table still has this revision');
}

/** Adds `--keep-going`. */
export function addKeepGoing(command: Command): Command {
  return command.option('--keep-going', 'go on with the next host after a failure');
}

/** @throws UsageError or InvalidValueError for a value that no agent would take */
export function commitOptionsOf(options: CommitCommandOptions): WriteCallOptions {
  const { confirmWithin, acceptRisk, probe, comment, requestId } = options;
  const confirmWithinMs = confirmWithin === undefined ? undefined : parseConfirmWithinMs(confirmWithin);
  const call: WriteCallOptions = {
    confirmWithinMs,
    // A later run of this program is a new connection in any case.
    requireFreshConnection: confirmWithinMs !== undefined,
    acceptedRisks: acceptRisk?.map((name) => parseChoice(name, '--accept-risk', riskCodec.names)),
    probes: probe?.map(parseProbe),
    comment,
    requestId,
  };
  encodeWriteOptions(call);
  return call;
}

/** @throws UsageError or InvalidValueError for a value that no agent would take */
export function writeOptionsOf(options: WriteCommandOptions): WriteCallOptions {
  const { owner, expectedRevision, dryRun = false } = options;
  return { ...commitOptionsOf(options), owner, expectedRevision: revisionOf(expectedRevision), validateOnly: dryRun };
}

function revisionOf(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,19}$/.test(text)) return BigInt(text);
  throw new UsageError(`"${text}" for --expected-revision is not a revision`, 'give the number that "routefleet agent info" shows');
}
