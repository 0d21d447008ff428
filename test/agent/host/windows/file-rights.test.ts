import { describe, expect, it } from 'vitest';
import { findStrangers, serviceSid, wellKnown } from '../../../../agent/host/windows/file-rights.js';
import type { AccessEntry } from '../../../../agent/host/windows/security-descriptor.js';

const users = 'S-1-5-32-545';
const trusted = new Set<string>([wellKnown.system, wellKnown.administrators]);
const entry = (sid: string | undefined, mask: number, inheritOnly = false): AccessEntry => ({ sid, mask, inheritOnly });
const strangers = (entries: readonly AccessEntry[] | undefined, protection: 'read' | 'write' = 'write', owner: string = wellKnown.system) =>
  findStrangers({ owner, allowed: entries }, protection, trusted);

describe('who may do what he must not', () => {
  it.each([
    ['write data', 0x2],
    ['append data', 0x4],
    ['delete children', 0x40],
    ['delete', 0x1_0000],
    ['change the list', 0x4_0000],
    ['become its owner', 0x8_0000],
    ['everything, by its generic name', 0x1000_0000],
    ['write, by its generic name', 0x4000_0000],
  ])('counts the right to %s as writing', (_, mask) => {
    expect(strangers([entry(users, mask)])).toEqual([{ sid: users, isOwner: false }]);
    expect(strangers([entry(wellKnown.administrators, mask)])).toEqual([]);
  });

  it.each([
    ['read data', 0x1],
    ['read, by its generic name', 0x8000_0000],
  ])('counts the right to %s as reading alone', (_, mask) => {
    expect(strangers([entry(users, mask)], 'write')).toEqual([]);
    expect(strangers([entry(users, mask)], 'read')).toEqual([{ sid: users, isOwner: false }]);
  });

  it('lets others see attributes, rights and names', () => {
    // FILE_READ_ATTRIBUTES, FILE_READ_EA, READ_CONTROL, SYNCHRONIZE
    expect(strangers([entry(users, 0x12_0088)], 'read')).toEqual([]);
  });

  it('names everybody where there is no list, and entries that nobody can judge', () => {
    expect(strangers(undefined)).toEqual([{ sid: undefined, isOwner: false }]);
    expect(strangers([entry(undefined, 0x2)])).toEqual([{ sid: undefined, isOwner: false }]);
  });

  it('names an owner who is a stranger, also beside what the list says of him', () => {
    expect(strangers([], 'write', users)).toEqual([{ sid: users, isOwner: true }]);
    expect(strangers([entry(users, 0x2), entry(users, 0x4)], 'write', users)).toEqual([
      { sid: users, isOwner: true },
      { sid: users, isOwner: false },
    ]);
  });

  it('lets the creator of a file have rights on it, but nobody else who would get them in new files', () => {
    expect(strangers([entry(wellKnown.creatorOwner, 0x1000_0000, true)])).toEqual([]);
    expect(strangers([entry(wellKnown.creatorOwner, 0x1000_0000)])).toHaveLength(1);
    expect(strangers([entry(users, 0x1000_0000, true)])).toHaveLength(1);
  });
});

it('knows the SID that Windows makes of the name of a service', () => {
  // As documented for TrustedInstaller, whose case does not count.
  expect(serviceSid('TrustedInstaller')).toBe(wellKnown.trustedInstaller);
  expect(serviceSid('trustedinstaller')).toBe(wellKnown.trustedInstaller);
});
