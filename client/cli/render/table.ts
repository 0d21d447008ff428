import pc from 'picocolors';
import stringWidth from 'string-width';
import { onLinkText } from '../options/next-hop-text.js';
import { printable } from './printable.js';
import type { Column, HostRow } from './view.js';

/** How a table is drawn. */
export interface TableStyle {
  /** A first column with the host. */
  readonly hostColumn: boolean;
  readonly color: boolean;
}

const gap = '  ';

/** A header and one line per row; columns line up also with wide characters. No trailing spaces. */
export function renderTable<Row>(
  rows: readonly HostRow<Row>[],
  columns: readonly Column<Row>[],
  { hostColumn, color }: TableStyle,
): string {
  const { bold, dim } = pc.createColors(color);
  const shown: readonly Column<HostRow<Row>>[] = [
    ...(hostColumn ? [{ header: 'HOST', text: ({ host }: HostRow<Row>) => host }] : []),
    ...columns
      .filter(({ text, onlyIfAny }) => !onlyIfAny || rows.some(({ row }) => text(row) !== undefined))
      .map(({ text, ...column }) => ({ ...column, text: ({ row }: HostRow<Row>) => text(row) })),
  ];
  const lines = rows.map((row) => shown.map(({ text }) => printable(String(text(row) ?? '-'))));
  const widths = shown.map(({ header }, index) =>
    lines.reduce((width, line) => Math.max(width, stringWidth(line[index] ?? '')), header.length),
  );

  function draw(cells: readonly string[], style: (text: string, cell: string) => string): string {
    const padded = cells.map((cell, index) => {
      const space = ' '.repeat((widths[index] ?? 0) - stringWidth(cell));
      return shown[index]?.align === 'right' ? space + style(cell, cell) : style(cell, cell) + space;
    });
    return `${padded.join(gap).trimEnd()}\n`;
  }

  const header = draw(
    shown.map((column) => column.header),
    (text) => bold(text),
  );
  const quiet = new Set(['-', onLinkText]);
  return header + lines.map((cells) => draw(cells, (text, cell) => (quiet.has(cell) ? dim(text) : text))).join('');
}
