import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { renderTable } from '../../../../client/cli/render/table.js';
import type { Column } from '../../../../client/cli/render/view.js';

interface Row {
  readonly name?: string;
  readonly metric?: number;
}

const columns: readonly Column<Row>[] = [
  { header: 'NAME', text: ({ name }) => name },
  { header: 'METRIC', align: 'right', text: ({ metric }) => metric },
];
const plain = { hostColumn: false, color: false };
const row = (name?: string, metric?: number, host = 'web1') => ({
  host,
  row: { ...(name && { name }), ...(metric !== undefined && { metric }) },
});

describe('a table', () => {
  it('lines columns up, also with wide characters and combining marks, and has no trailing spaces', () => {
    expect(renderTable([row('イーサネット', 5), row('Réseau', 4096), row('e\u0301', 0)], columns, plain)).toBe(
      ['NAME          METRIC', 'イーサネット       5', 'Réseau          4096', 'e\u0301                  0', ''].join('\n'),
    );
    const swapped = renderTable([row('a', 1), row('long name', 1)], [...columns].reverse(), plain);
    expect(swapped).not.toMatch(/ $/m);
  });

  it('shows what is absent as "-", and zero as zero', () => {
    expect(renderTable([row(), row('x', 0)], columns, plain)).toBe('NAME  METRIC\n-          -\nx          0\n');
  });

  it('has the host first when asked to', () => {
    expect(renderTable([row('x', 1, 'db1')], columns, { ...plain, hostColumn: true })).toBe('HOST  NAME  METRIC\ndb1   x          1\n');
  });

  it('has its header without rows', () => {
    expect(renderTable([], columns, plain)).toBe('NAME  METRIC\n');
  });

  it('lets no host move the cursor or break the line', () => {
    expect(renderTable([row('a\u001b[2Jb\nc\u009b', 1)], columns, plain)).toBe('NAME       METRIC\na?[2Jb?c?       1\n');
  });

  it('has the same width with colours', () => {
    const rows = [row('x', 1), row()];
    const colored = renderTable(rows, columns, { ...plain, color: true });
    expect(colored).toContain('\u001b[');
    expect(stripVTControlCharacters(colored)).toBe(renderTable(rows, columns, plain));
  });
});
