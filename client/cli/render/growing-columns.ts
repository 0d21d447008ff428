import stringWidth from 'string-width';
import { printable } from './printable.js';

/** A column of lines that are not known beforehand. */
export interface GrowingColumn {
  /** Width at first. */
  readonly width: number;
  /** Up to this it grows with what it has to hold; what is longer still pushes its own line to the right, and no other. */
  readonly maxWidth: number;
}

/** Draws lines, as many as are known at a time. What comes beyond the columns, and at the end of a line, is not padded. */
export function createGrowingColumns(columns: readonly GrowingColumn[]): (lines: readonly (readonly string[])[]) => string[] {
  const widths = columns.map(({ width }) => width);

  function grow(cells: readonly string[]): void {
    for (const [index, { maxWidth }] of columns.entries()) {
      const own = stringWidth(cells[index] ?? '');
      if (own <= maxWidth) widths[index] = Math.max(widths[index] ?? 0, own);
    }
  }

  const pad = (cell: string, index: number) => cell + ' '.repeat(Math.max(0, (widths[index] ?? 0) - stringWidth(cell)));

  return (lines) => {
    const texts = lines.map((cells) => cells.map(printable));
    for (const cells of texts) grow(cells);
    return texts.map((cells) => cells.map(pad).join('  ').trimEnd());
  };
}
