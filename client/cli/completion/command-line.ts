import { type Command, Help, type Option } from 'commander';

/** A command line as far as it is typed. */
export interface CommandLine {
  /** The innermost command that is named. */
  readonly command: Command;
  /** Words behind it that are neither options nor their values. */
  readonly operands: number;
  /** Options before the cursor, with the last value that was given. */
  readonly given: ReadonlyMap<Option, string | undefined>;
  /** The option whose value stands at the cursor. Undefined: another word does. */
  readonly awaited?: Option | undefined;
  /** What is to be completed: the word at the cursor, or of `--option=value` the value. */
  readonly current: string;
  /** What stands before it in the same word: "--option=". */
  readonly before: string;
  /** Behind "--", where nothing is an option. */
  readonly optionsEnded: boolean;
}

/** Reads the words behind the name of the program; the last is the one at the cursor, and may be empty. */
export function readCommandLine(program: Command, words: readonly string[]): CommandLine {
  const given = new Map<Option, string | undefined>();
  let command = program;
  let operands = 0;
  let optionsEnded = false;
  let awaiting: Option | undefined;
  for (const word of words.slice(0, -1)) {
    if (awaiting !== undefined) {
      given.set(awaiting, word);
      awaiting = undefined;
    } else if (optionsEnded || !word.startsWith('-') || word === '-') {
      const next = operands === 0 ? subcommandsOf(command).find((each) => namesOf(each).includes(word)) : undefined;
      if (next === undefined) operands += 1;
      // "help routes" is about "routes", whose subcommands may follow.
      else if (!isHelp(next)) command = next;
    } else if (word === '--') {
      optionsEnded = true;
    } else {
      const { option, value } = readOption(command, word);
      if (option === undefined) continue;
      given.set(option, value);
      if (takesValue(option) && value === undefined) awaiting = option;
    }
  }
  const last = words.at(-1) ?? '';
  const rest = { command, operands, given, optionsEnded };
  if (awaiting !== undefined) return { ...rest, awaited: awaiting, current: last, before: '' };
  const { option, value } = optionsEnded || !last.includes('=') ? {} : readOption(command, last);
  if (option === undefined || value === undefined) return { ...rest, current: last, before: '' };
  return { ...rest, awaited: option, current: value, before: last.slice(0, last.length - value.length) };
}

/** Those that its help shows, "help" among them. */
export function subcommandsOf(command: Command): readonly Command[] {
  return new Help().visibleCommands(command);
}

/** Its own and those of the commands around it, as its help shows them. */
export function optionsOf(command: Command): readonly Option[] {
  const help = new Help();
  help.showGlobalOptions = true;
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
}

/** Whether a value follows. */
export function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function namesOf(command: Command): readonly string[] {
  return [command.name(), ...command.aliases()];
}

function isHelp(command: Command): boolean {
  return command.name() === 'help';
}

/** "--output", "--output=json", "-o" or "-ojson". */
function readOption(command: Command, word: string): { readonly option?: Option | undefined; readonly value?: string | undefined } {
  const options = optionsOf(command);
  const equals = word.indexOf('=');
  if (word.startsWith('--')) {
    const name = equals < 0 ? word : word.slice(0, equals);
    return { option: options.find(({ long }) => long === name), value: equals < 0 ? undefined : word.slice(equals + 1) };
  }
  const option = options.find(({ short }) => short === word.slice(0, 2));
  return { option, value: word.length > 2 ? word.slice(2) : undefined };
}
