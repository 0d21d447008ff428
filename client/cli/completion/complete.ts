import type { Command, Option } from 'commander';
import { collect } from '../options/values.js';
import { type CommandLine, optionsOf, readCommandLine, subcommandsOf } from './command-line.js';
import { completeValue, type InventoryNames } from './option-values.js';

/** What can stand at the cursor. */
export interface Candidate {
  /** The whole word. */
  readonly word: string;
  readonly description?: string | undefined;
}

/** What a shell shall offer. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  /** It is the name of a file, which the shell knows better. */
  readonly files?: boolean | undefined;
  /** More of the same word can follow. */
  readonly noSpace?: boolean | undefined;
}

/** Where names come from that the program itself does not know. */
export interface NameSources {
  inventory(file: string): Promise<InventoryNames>;
  /** Ids of the rollouts in a directory, newest first. */
  rollouts(directory: string): Promise<readonly string[]>;
}

/** What can stand at the end of a command line, by what the program knows of itself; commands that its help hides are not offered. */
export async function complete(program: Command, words: readonly string[], sources: NameSources): Promise<Completion> {
  const line = readCommandLine(program, words);
  if (line.awaited !== undefined) {
    const completion = await completeValue(line.awaited, line.current, {
      inventory: () => namesFor(line, sources),
      rollouts: () => rolloutsFor(line, sources),
    });
    return withPrefix(completion, line);
  }
  if (!line.optionsEnded && line.current.startsWith('-')) return withPrefix({ candidates: optionCandidates(line) }, line);
  const candidates = line.operands === 0 ? await wordCandidates(line, sources) : [];
  const isComplete = candidates.length === 0 && line.operands >= line.command.registeredArguments.length;
  // Nothing but options can follow.
  const offersOptions = isComplete && line.current === '' && !line.optionsEnded;
  return withPrefix({ candidates: offersOptions ? optionCandidates(line) : candidates }, line);
}

function withPrefix(completion: Completion, { current, before }: CommandLine): Completion {
  const candidates = completion.candidates.filter(({ word }) => word.toLowerCase().startsWith(current.toLowerCase()));
  return { ...completion, candidates: candidates.map((each) => ({ ...each, word: before + each.word })) };
}

async function wordCandidates(line: CommandLine, sources: NameSources): Promise<readonly Candidate[]> {
  const { command, operands } = line;
  const subcommands = subcommandsOf(command);
  if (subcommands.length > 0) return subcommands.map((each) => ({ word: each.name(), description: each.summary() || each.description() }));
  const argument = command.registeredArguments[operands];
  // That of a commit is told by its host alone.
  const isRollout = argument?.name() === 'id' && (command.name() === 'history' || command.parent?.name() === 'rollout');
  const words = isRollout ? await rolloutsFor(line, sources) : (argument?.argChoices ?? []);
  return words.map((word) => ({ word }));
}

/** Those that can still be given. */
function optionCandidates({ command, given, current }: CommandLine): readonly Candidate[] {
  const names = new Set([...given.keys()].map((option) => option.attributeName()));
  return optionsOf(command)
    .filter((option) => isRepeatable(option) || !names.has(option.attributeName()))
    .filter((option) => !isExcluded(option, given, names))
    .map(({ long, short, flags, description }) => ({ word: short === current ? short : (long ?? flags), description }));
}

function isRepeatable(option: Option): boolean {
  return option.variadic || option.parseArg === collect;
}

function isExcluded(option: Option, given: CommandLine['given'], names: ReadonlySet<string>): boolean {
  const excluded = [...given.keys()].flatMap(conflictsOf);
  return excluded.includes(option.attributeName()) || conflictsOf(option).some((name) => names.has(name));
}

/** commander has no public way to ask for what `conflicts` was told. */
function conflictsOf(option: Option): readonly string[] {
  return (option as Option & { readonly conflictsWith?: readonly string[] }).conflictsWith ?? [];
}

async function namesFor(line: CommandLine, { inventory }: NameSources): Promise<InventoryNames | undefined> {
  const file = settingOf(line, '--inventory');
  return file === undefined || file === '' ? undefined : inventory(file);
}

async function rolloutsFor(line: CommandLine, { rollouts }: NameSources): Promise<readonly string[]> {
  const directory = settingOf(line, '--rollouts-dir');
  return directory === undefined || directory === '' ? [] : rollouts(directory);
}

/** Of an option, by the command line, the environment or its default. */
function settingOf({ given, command }: CommandLine, long: string): string | undefined {
  const option = optionsOf(command).find((each) => each.long === long);
  if (option === undefined) return undefined;
  return given.get(option) ?? (option.envVar === undefined ? undefined : process.env[option.envVar]) ?? option.defaultValue;
}
