import { expect, it } from 'vitest';
import { parseSecurityDescriptor } from '../../../../agent/host/windows/security-descriptor.js';
import { descriptorBytes } from './descriptor-bytes.js';

it('reads what Wine gave for a file of mode 0644', () => {
  // GetFileSecurityW of node.exe 22 under Wine 8: owner S-1-5-21-0-0-0-1000; SYSTEM and the owner everything, everybody read and execute.
  const hex =
    '0100048014000000000000000000000030000000010500000000000515000000000000000000000000000000e8030000020054000300000000001400' +
    'ff011f0001010000000000051200000000002400ff011f00010500000000000515000000000000000000000000000000e803000000001400a9001200' +
    '010100000000000100000000';
  expect(parseSecurityDescriptor(Buffer.from(hex, 'hex'))).toEqual({
    owner: 'S-1-5-21-0-0-0-1000',
    allowed: [
      { sid: 'S-1-5-18', mask: 0x1f01ff, inheritOnly: false },
      { sid: 'S-1-5-21-0-0-0-1000', mask: 0x1f01ff, inheritOnly: false },
      { sid: 'S-1-1-0', mask: 0x1200a9, inheritOnly: false },
    ],
  });
});

it('leaves out what is denied or only watched, and knows entries for what is made later', () => {
  const sid = 'S-1-5-32-545';
  const bytes = descriptorBytes('S-1-5-18', [
    { sid, mask: 1, type: 1 },
    { sid, mask: 2, type: 2 },
    { sid: 'S-1-3-0', mask: 0x1000_0000, flags: 0xb },
    { sid, mask: 4, type: 9 },
    { sid, mask: 8, type: 5 },
  ]);
  expect(parseSecurityDescriptor(bytes).allowed).toEqual([
    { sid: 'S-1-3-0', mask: 0x1000_0000, inheritOnly: true },
    { sid, mask: 4, inheritOnly: false },
    { sid: undefined, mask: 8, inheritOnly: false },
  ]);
});

it('tells an empty list from none, and an owner from none', () => {
  expect(parseSecurityDescriptor(descriptorBytes('S-1-5-18', []))).toEqual({ owner: 'S-1-5-18', allowed: [] });
  expect(parseSecurityDescriptor(descriptorBytes(undefined, undefined))).toEqual({ owner: undefined, allowed: undefined });
});

it('reads authorities of more than 32 bits', () => {
  expect(parseSecurityDescriptor(descriptorBytes('S-1-4294967298-7', [])).owner).toBe('S-1-4294967298-7');
});
