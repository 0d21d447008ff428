import { expect, it } from 'vitest';
import { decodeGuid, encodeGuid } from '../../../agent/iphlpapi/guid.js';

it('has three little-endian numbers, then bytes as they are', () => {
  const bytes = Uint8Array.from(Buffer.from('40fc296b47ca6710b31d00dd010662da', 'hex'));
  expect(decodeGuid(bytes)).toBe('{6B29FC40-CA47-1067-B31D-00DD010662DA}');
  expect(encodeGuid('{6B29FC40-CA47-1067-B31D-00DD010662DA}')).toEqual(bytes);
  expect(encodeGuid('6b29fc40-ca47-1067-b31d-00dd010662da')).toEqual(bytes);
});

it.each(['', '{6B29FC40-CA47-1067-B31D}', '6B29FC40CA471067B31D00DD010662DA', '{6B29FC40-CA47-1067-B31D-00DD010662DG}'])(
  'refuses %j',
  (text) => {
    expect(() => encodeGuid(text)).toThrow('is not a GUID');
  },
);
