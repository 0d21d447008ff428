import pc from 'picocolors';
import stringWidth from 'string-width';
import type { RouteFailure } from '../../errors/route-error.js';
import type { StepKind } from '../../model/plan.js';
import type { Route } from '../../model/route.js';
import { inOptionWords } from './option-words.js';
import { oneLine, printable } from './printable.js';
import { differencesText, hopText, interfaceText, propertiesText } from './route-text.js';
import type { DocumentStyle } from './view.js';

/** A step of a plan or of a commit. */
export interface Step {
  readonly kind: StepKind;
  readonly before?: Route | undefined;
  readonly after?: Route | undefined;
  readonly failure?: RouteFailure | undefined;
  readonly operationIndex?: number | undefined;
  readonly registryValues?: readonly string[] | undefined;
}

interface Line {
  readonly sign: string;
  readonly cells: readonly string[];
  readonly color: (text: string) => string;
}

/**
 * Steps as a diff: "+" creates, "~" changes with what differs, "!" what cannot be or was not done, and "-" deletes under a heading of their own. What is
 * unchanged is not listed.
 */
export function renderSteps(steps: readonly Step[], { color }: DocumentStyle): string {
  const { green, yellow, red, bold } = pc.createColors(color);
  const colors: Readonly<Record<string, (text: string) => string>> = { '+': green, '~': yellow };
  const kept: Line[] = [];
  const deleted: Line[] = [];
  for (const step of steps) {
    if (step.failure !== undefined) kept.push({ sign: '!', cells: failureCells(step, step.failure), color: red });
    else if (step.kind === 'delete' || step.registryValues !== undefined)
      deleted.push({ sign: '-', cells: deletedCells(step), color: red });
    else if (step.kind !== 'unchanged') {
      const sign = step.kind === 'create' ? '+' : '~';
      kept.push({ sign, cells: writtenCells(step), color: colors[sign] ?? String });
    }
  }
  const widths = widthsOf([...kept, ...deleted]);
  const heading = deleted.length === 0 ? '' : `  ${bold('deleted:')}\n`;
  return drawLines(kept, widths) + heading + drawLines(deleted, widths);
}

function writtenCells({ before, after }: Step): string[] {
  const row = after ?? before;
  const details = before === undefined || after === undefined ? undefined : differencesText(before, after);
  return details === undefined ? rowCells(row) : [...keyCells(row), details];
}

/** The row, and what goes from the registry with it, or without a row. */
function deletedCells({ before, registryValues }: Step): string[] {
  if (registryValues === undefined) return rowCells(before);
  const values = `from the registry: ${registryValues.join(' ')}`;
  return before === undefined ? [values] : [...keyCells(before), `${propertiesText(before)}, also ${values}`];
}

function rowCells(row: Route | undefined): string[] {
  return row === undefined ? [] : [...keyCells(row), propertiesText(row)];
}

function keyCells(row: Route | undefined): string[] {
  return row === undefined ? [] : [row.destinationPrefix, hopText(row), interfaceText(row)];
}

function failureCells({ before, after, operationIndex }: Step, { message, reason, remedy }: RouteFailure): string[] {
  const told = `${oneLine(message)} (${reason})${remedy === undefined ? '' : `. Remedy: ${inOptionWords(oneLine(remedy))}`}`;
  const row = before ?? after;
  if (row !== undefined) return [...keyCells(row), told];
  return [operationIndex === undefined ? told : `operation ${operationIndex}: ${told}`];
}

function widthsOf(lines: readonly Line[]): readonly number[] {
  const columns = lines.filter(({ cells }) => cells.length > 1).map(({ cells }) => cells.map((cell) => stringWidth(printable(cell))));
  return [0, 1, 2].map((index) => columns.reduce((width, cells) => Math.max(width, cells[index] ?? 0), 0));
}

function drawLines(lines: readonly Line[], widths: readonly number[]): string {
  return lines.map(({ sign, cells, color }) => `  ${color(`${sign} ${drawCells(cells, widths)}`)}\n`).join('');
}

function drawCells(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, index) => {
      const text = printable(cell);
      const isLast = index === cells.length - 1;
      return isLast ? text : text + ' '.repeat(Math.max(0, (widths[index] ?? 0) - stringWidth(text)));
    })
    .join('  ')
    .trimEnd();
}
