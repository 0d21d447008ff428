import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wellKnown } from '../../../../agent/host/windows/file-rights.js';
import type { FileSecurity } from '../../../../agent/host/windows/file-security.js';
import { createFileGuard } from '../../../../agent/host/windows/guard-files.js';
import { createTemporaryDirectory } from '../../../support/temporary.js';
import { descriptorBytes, type Entry } from './descriptor-bytes.js';

const alice = 'S-1-5-21-1-2-3-1001';
const users = 'S-1-5-32-545';
const closed: Entry[] = [
  { sid: wellKnown.system, mask: 0x1f01ff },
  { sid: wellKnown.administrators, mask: 0x1f01ff },
];

/** Rights in memory over real files; a file without rights of its own is closed. */
function makeFiles(rights: Record<string, Uint8Array> = {}, existing = true) {
  const calls: string[] = [];
  const files: FileSecurity = {
    read: (path) => rights[path] ?? descriptorBytes(wellKnown.administrators, closed),
    protectDirectory: (path, descriptor) => void calls.push(`protect ${path} ${descriptor}`),
    protectFile: (path, descriptor) => void calls.push(`file ${path} ${descriptor}`),
    makeDirectory(path, descriptor) {
      calls.push(`make ${path} ${descriptor}`);
      return !existing;
    },
    ownSid: () => alice,
    nameOf: (sid) => (sid === users ? 'BUILTIN\\Users' : undefined),
  };
  return { files, calls };
}

const guardOver = (rights?: Record<string, Uint8Array>) => createFileGuard(makeFiles(rights).files, () => true);

let directory: string;
beforeEach(async () => {
  directory = await createTemporaryDirectory('guard');
});
afterEach(() => rm(directory, { recursive: true }));

describe('a file', () => {
  it('that others may change is refused with who they are, and the command that closes it', () => {
    const guard = guardOver({ 'C:\\x\\config.yaml': descriptorBytes(wellKnown.system, [...closed, { sid: users, mask: 0x2 }]) });
    expect(() => guard.check('C:\\x\\config.yaml', 'write')).toThrow(
      expect.objectContaining({
        message: 'BUILTIN\\Users (S-1-5-32-545) may change C:\\x\\config.yaml',
        remedy:
          'see whether somebody changed it, then run icacls "C:\\x\\config.yaml" /inheritance:r /grant:r *S-1-5-18:F *S-1-5-32-544:F /remove:g *S-1-5-32-545',
      }),
    );
  });

  it('of somebody else is refused with the commands that give it to Administrators', () => {
    const stranger = 'S-1-5-21-1-2-3-1002';
    const exposure = guardOver({ key: descriptorBytes(stranger, closed) }).exposureOf('key', 'read');
    expect(exposure?.message).toBe('S-1-5-21-1-2-3-1002, its owner, may read or change key');
    expect(exposure?.remedy).toContain('icacls "key" /setowner *S-1-5-32-544 and icacls "key" /inheritance:r');
  });

  it('may belong to the account that runs the agent, to its service and to the installer of Windows', () => {
    const entries = [alice, wellKnown.trustedInstaller, 'S-1-5-80-3783811908-1282584868-3951633915-1801948419-3953667422'].map((sid) => ({
      sid,
      mask: 0x1f01ff,
    }));
    const guard = guardOver({ key: descriptorBytes(alice, entries) });
    expect(guard.exposureOf('key', 'read')).toBeUndefined();
  });

  it('is closed for others; an administrator needs no entry of his own', () => {
    const { files, calls } = makeFiles();
    createFileGuard(files, () => true).closeFile('key');
    createFileGuard(files, () => false).closeFile('key');
    expect(calls).toEqual(['file key D:PAI(A;;FA;;;SY)(A;;FA;;;BA)', `file key D:PAI(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;${alice})`]);
  });
});

describe('the directory of the agent', () => {
  const rights = 'O:BAD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)';

  it('is made closed where there is none', () => {
    const { files, calls } = makeFiles({}, false);
    createFileGuard(files, () => true).prepareDirectory(directory);
    expect(calls).toEqual([`make ${directory} ${rights}`]);
  });

  it('is closed where it is there with files of administrators', async () => {
    await mkdir(join(directory, 'tls'));
    await writeFile(join(directory, 'tls/agent.pem'), '');
    const lax = descriptorBytes(wellKnown.administrators, [...closed, { sid: users, mask: 0x6 }]);
    const { files, calls } = makeFiles({ [directory]: lax });
    createFileGuard(files, () => true).prepareDirectory(directory);
    expect(calls.at(-1)).toBe(`protect ${directory} ${rights}`);
  });

  it.each(['', 'config.yaml', 'tls/agent-key.pem'])('is not taken when "%s" in it is of somebody who is no administrator', async (name) => {
    await mkdir(join(directory, 'tls'));
    const path = join(directory, name);
    if (name !== '') await writeFile(path, '');
    const { files, calls } = makeFiles({ [path]: descriptorBytes(users, closed) });
    expect(() => createFileGuard(files, () => true).prepareDirectory(directory)).toThrow(
      `${path} was made by BUILTIN\\Users (S-1-5-32-545), who is no administrator`,
    );
    expect(calls.filter((call) => call.startsWith('protect'))).toEqual([]);
  });

  it('is not taken when others may have changed a file in it', async () => {
    const path = join(directory, 'config.yaml');
    await writeFile(path, '');
    const { files } = makeFiles({ [path]: descriptorBytes(wellKnown.administrators, [{ sid: users, mask: 0x2 }]) });
    expect(() => createFileGuard(files, () => true).prepareDirectory(directory)).toThrow(
      `BUILTIN\\Users (S-1-5-32-545) may change ${path}`,
    );
  });

  it('is not taken when something in it leads elsewhere', async () => {
    await symlink('/etc', join(directory, 'logs'));
    const { files } = makeFiles();
    expect(() => createFileGuard(files, () => true).prepareDirectory(directory)).toThrow('logs leads elsewhere');
  });

  it('is also for the own account where that is no administrator', () => {
    const { files, calls } = makeFiles();
    createFileGuard(files, () => false).makeDirectory('state');
    expect(calls).toEqual([`make state D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;${alice})`]);
  });
});
