import { describe, expect, it } from 'vitest';
import { parseInterfaceText } from '../../../../client/cli/options/interface-text.js';
import { parseNextHop, parseNextHopFilter } from '../../../../client/cli/options/next-hop-text.js';
import { parseChoice, parseConfirmWithinMs, parseDurationMs, parseInteger } from '../../../../client/cli/options/values.js';
import { UsageError } from '../../../../client/cli/usage-error.js';

describe('times', () => {
  it.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['2m', 120_000],
    ['1h', 3_600_000],
  ])('%s', (text, ms) => {
    expect(parseDurationMs(text, '--timeout')).toBe(ms);
  });

  it.each(['', '5', '0s', '-1s', '1.5s', '10 s', '1w', 's', '10S', '1234567890s'])('"%s" is none', (text) => {
    expect(() => parseDurationMs(text, '--timeout')).toThrow(`"${text}" for --timeout is not a time above 0`);
  });
});

describe('the time to confirm', () => {
  it('is a day at most, as agents have it', () => {
    expect(parseConfirmWithinMs('24h')).toBe(86_400_000);
    expect(() => parseConfirmWithinMs('25h')).toThrow(
      expect.objectContaining({ message: '"25h" for --confirm-within is above 24 hours', remedy: expect.stringContaining('24h at most') }),
    );
  });
});

describe('whole numbers', () => {
  it.each(['-1', '6', '1.5', '', 'x', '0x1', '1e0'])('"%s" is not one from 0 to 5', (text) => {
    expect(() => parseInteger(text, '--metric', 0, 5)).toThrow(UsageError);
  });

  it('include both ends', () => {
    expect([parseInteger('0', '--metric', 0, 5), parseInteger('5', '--metric', 0, 5)]).toEqual([0, 5]);
  });
});

describe('choices', () => {
  it('do not mind the case, and list what there is', () => {
    expect(parseChoice('NETMGMT', '--protocol', ['local', 'netMgmt'])).toBe('netMgmt');
    expect(() => parseChoice('x', '--protocol', ['local', 'netMgmt'])).toThrow(
      expect.objectContaining({ remedy: 'give one of local, netMgmt' }),
    );
  });
});

describe('an interface as text', () => {
  const guid = '{6B29FC40-CA47-1067-B31D-00DD010662DA}';

  it.each<[string, unknown]>([
    ['12', { index: 12 }],
    ['index:12', { index: 12 }],
    ['luid:18446744073709551615', { luid: 2n ** 64n - 1n }],
    [guid, { guid }],
    ['guid:6b29fc40', { guid: '6b29fc40' }],
    ['Ethernet 2', { alias: 'Ethernet 2' }],
    ['alias:12', { alias: '12' }],
    ['ALIAS:luid:5', { alias: 'luid:5' }],
    ['vEthernet (Default Switch)', { alias: 'vEthernet (Default Switch)' }],
    ['luid:x', { luid: 0n }],
    ['index:', { index: Number.NaN }],
  ])('%s', (text, selector) => {
    expect(parseInterfaceText(text)).toEqual(selector);
  });
});

describe('a next hop as text', () => {
  it('may be on-link', () => {
    expect(['on-link', 'On-Link', undefined, '192.0.2.1'].map((text) => parseNextHop(text))).toEqual([
      undefined,
      undefined,
      undefined,
      '192.0.2.1',
    ]);
  });

  it('is the unspecified address of a family in a filter', () => {
    expect([parseNextHopFilter('on-link', 4), parseNextHopFilter('on-link', 6), parseNextHopFilter(undefined, 4)]).toEqual([
      '0.0.0.0',
      '::',
      undefined,
    ]);
    expect(() => parseNextHopFilter('on-link', undefined)).toThrow(UsageError);
  });
});
