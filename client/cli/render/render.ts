import { stringify as csvStringify } from 'csv-stringify/sync';
import { stringify as yamlStringify } from 'yaml';
import { UsageError } from '../usage-error.js';
import { type PlainValue, toPlainObject } from './plain.js';
import { renderTable, type TableStyle } from './table.js';
import type { DocumentView, HostRow, View } from './view.js';

/** Forms of output: a table for people, the others for machines. */
export const outputFormats = ['table', 'json', 'yaml', 'ndjson', 'csv'] as const;

/** One of {@link outputFormats}. */
export type OutputFormat = (typeof outputFormats)[number];

/** Turns rows, which come host by host, into text. */
export interface Renderer<Row> {
  /** Text that can go out now. */
  add(rows: readonly HostRow<Row>[]): string;
  /** The rest. */
  end(): string;
}

/**
 * ndjson and csv go out host by host; table, json and yaml are one whole. With no rows at all the machine-readable forms are still valid, and
 * a table has its header. Documents go out host by host, too.
 *
 * @throws UsageError for a document as csv
 */
export function createRenderer<Row extends object>(
  format: OutputFormat,
  view: View<Row> | DocumentView<Row>,
  style: TableStyle,
): Renderer<Row> {
  const all: HostRow<Row>[] = [];
  const plain = (rows: readonly HostRow<Row>[]) => rows.map((row) => toPlainObject(row, view));

  function gather(end: () => string): Renderer<Row> {
    return {
      add(rows) {
        for (const row of rows) all.push(row);
        return '';
      },
      end,
    };
  }

  switch (format) {
    case 'table':
      return 'text' in view ? createDocumentRenderer(view, style) : gather(() => renderTable(all, view.columns, style));
    case 'json':
      return gather(() => `${JSON.stringify(plain(all), null, 2)}\n`);
    case 'yaml':
      return gather(() => yamlStringify(plain(all), { lineWidth: 0 }));
    case 'ndjson':
      return {
        add: (rows) =>
          plain(rows)
            .map((object) => `${JSON.stringify(object)}\n`)
            .join(''),
        end: () => '',
      };
    case 'csv':
      if ('text' in view) throw new UsageError('"-o csv" has no form for this command', 'give -o json, yaml or ndjson');
      return createCsvRenderer(['host', ...view.fields], plain);
  }
}

function createDocumentRenderer<Row extends object>({ text, total }: DocumentView<Row>, style: TableStyle): Renderer<Row> {
  const all: HostRow<Row>[] = [];
  return {
    add(rows) {
      all.push(...rows);
      return rows.map((row) => text(row, style)).join('');
    },
    end: () => total?.(all) ?? '',
  };
}

function createCsvRenderer<Row>(
  columns: readonly string[],
  plain: (rows: readonly HostRow<Row>[]) => readonly { readonly [key: string]: PlainValue }[],
): Renderer<Row> {
  let header = `${columns.join(',')}\n`;
  return {
    add(rows) {
      const text = header + csvStringify([...plain(rows)], { columns: [...columns], cast: { boolean: String } });
      header = '';
      return text;
    },
    end: () => header,
  };
}
