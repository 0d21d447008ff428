import type { Command } from 'commander';
import { stringify as csvStringify } from 'csv-stringify/sync';
import type { CliIo } from '../io.js';
import type { GlobalOptions } from '../options/global-options.js';
import { machineText } from '../render/machine-text.js';
import { toPlain } from '../render/plain.js';
import { renderTable } from '../render/table.js';
import type { View } from '../render/view.js';
import { UsageError } from '../usage-error.js';

/** Writes rows that belong to no host, in the form that was asked for. */
export function writeRows<Row extends object>({ stdout, color }: CliIo, command: Command, rows: readonly Row[], view: View<Row>): void {
  const globals = command.optsWithGlobals<GlobalOptions>();
  const objects = () => rows.map((row) => toPlain(Object.fromEntries(view.fields.map((field) => [field, row[field]]))));
  switch (globals.output) {
    case 'table': {
      const shown = rows.map((row) => ({ host: '', row }));
      stdout.write(renderTable(shown, view.columns, { hostColumn: false, color: color.stdout && globals.color }));
      return;
    }
    case 'csv':
      stdout.write(csvStringify(objects(), { header: true, columns: [...view.fields] }));
      return;
    case 'json':
    case 'yaml':
    case 'ndjson':
      stdout.write(machineText(globals.output, objects()));
  }
}

/** Writes one result: a text for people, an object for machines. */
export function writeResult({ stdout }: CliIo, command: Command, text: string, result: object): void {
  const { output } = command.optsWithGlobals<GlobalOptions>();
  switch (output) {
    case 'table':
      stdout.write(text);
      return;
    case 'csv':
      throw new UsageError('"-o csv" has no form for this command', 'give -o json, yaml or ndjson');
    case 'json':
    case 'yaml':
    case 'ndjson':
      stdout.write(machineText(output, toPlain(result)));
  }
}

/** "2027-02-22 15:34 UTC" */
export function minuteText(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
