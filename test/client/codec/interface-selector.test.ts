import { describe, expect, it } from 'vitest';
import { encodeInterfaceSelector } from '../../../client/codec/interface-selector.js';
import type { InterfaceSelector } from '../../../client/index.js';

describe('an interface selector', () => {
  it.each([
    [{ index: 12 }, { $case: 'index', value: 12 }],
    [{ luid: 2n ** 64n - 1n }, { $case: 'luid', value: 2n ** 64n - 1n }],
    [{ guid: '6b29fc40-ca47-1067-b31d-00dd010662da' }, { $case: 'guid', value: '6b29fc40-ca47-1067-b31d-00dd010662da' }],
    [{ alias: 'Ethernet 2' }, { $case: 'alias', value: 'Ethernet 2' }],
  ])('%o', (selector, encoded) => {
    expect(encodeInterfaceSelector(selector as InterfaceSelector)).toEqual({ selector: encoded });
  });

  it.each<[unknown, string]>([
    [{ index: 0 }, '0 is no interface index'],
    [{ index: 2 ** 32 }, '4294967296 is no interface index'],
    [{ luid: 0n }, '0 is no interface LUID'],
    [{ luid: 2n ** 64n }, 'is no interface LUID'],
    [{ luid: 5 }, '5 is no interface LUID'],
    [{ guid: '{6B29FC40}' }, '"{6B29FC40}" is no GUID'],
    [{ alias: '' }, 'empty'],
    [{}, 'exactly one way'],
    [{ index: 1, alias: 'x' }, '{ index, alias } does not name'],
  ])('refuses %o', (selector, told) => {
    expect(() => encodeInterfaceSelector(selector as InterfaceSelector)).toThrow(
      expect.objectContaining({ reason: 'INVALID_ARGUMENT', message: expect.stringContaining(told) }),
    );
  });
});
