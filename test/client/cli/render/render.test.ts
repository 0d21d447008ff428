import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createRenderer, type OutputFormat } from '../../../../client/cli/render/render.js';
import type { View } from '../../../../client/cli/render/view.js';

interface Row {
  readonly alias: string;
  readonly luid: bigint;
  readonly since?: Date;
  readonly up: boolean;
  readonly bindings: readonly { readonly speed: bigint; readonly metric?: number | undefined }[];
}

const view: View<Row> = {
  columns: [{ header: 'ALIAS', text: ({ alias }) => alias }],
  fields: ['luid', 'alias', 'since', 'up', 'bindings'],
};
const ethernet: Row = {
  alias: 'a,"b"\nc',
  luid: 2n ** 64n - 1n,
  since: new Date(0),
  up: false,
  bindings: [{ speed: 10n, metric: undefined }],
};
const plain = {
  host: 'web1',
  luid: '18446744073709551615',
  alias: 'a,"b"\nc',
  since: '1970-01-01T00:00:00.000Z',
  up: false,
  bindings: [{ speed: '10' }],
};

function render(format: OutputFormat, rows: readonly Row[]) {
  const renderer = createRenderer(format, view, { hostColumn: false, color: false });
  const added = renderer.add(rows.map((row) => ({ host: 'web1', row })));
  return { added, all: added + renderer.end() };
}

describe('output for machines', () => {
  it('json is one array of whole objects, host first', () => {
    const { all } = render('json', [ethernet]);
    expect(JSON.parse(all)).toEqual([plain]);
    expect(Object.keys(JSON.parse(all)[0])).toEqual(Object.keys(plain));
    expect(render('json', []).all).toBe('[]\n');
  });

  it('yaml reads back as the same, with 64-bit numbers as text', () => {
    expect(parse(render('yaml', [ethernet]).all)).toEqual([plain]);
    expect(parse(render('yaml', []).all)).toEqual([]);
  });

  it('ndjson goes out at once, one object per line', () => {
    const { added, all } = render('ndjson', [ethernet, ethernet]);
    expect(added).toBe(all);
    expect(
      all
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([plain, plain]);
    expect(render('ndjson', []).all).toBe('');
  });

  it('csv quotes what it must, has one header over several hosts, and that also without rows', () => {
    const header = 'host,luid,alias,since,up,bindings\n';
    const line = 'web1,18446744073709551615,"a,""b""\nc",1970-01-01T00:00:00.000Z,false,"[{""speed"":""10""}]"\n';
    const renderer = createRenderer('csv', view, { hostColumn: false, color: false });
    const rows = [{ host: 'web1', row: ethernet }];
    expect(renderer.add(rows) + renderer.add(rows) + renderer.end()).toBe(header + line + line);
    expect(render('csv', []).all).toBe(header);
  });

  it('a table waits until all rows are there', () => {
    expect(render('table', [ethernet])).toEqual({ added: '', all: 'ALIAS\na,"b"?c\n' });
  });
});
