import koffi, { type TypeObject } from 'koffi';
import { createFailedCalls } from './failed-call.js';
import { SECURITY_DESCRIPTOR_RELATIVE } from './security-descriptor.js';
import { SECURITY_ATTRIBUTES } from './structs.js';

/** Owners and access lists of files, as bytes and codes. Every call throws WindowsError. */
export interface FileSecurity {
  /** Owner and access list, self-relative. */
  read(path: string): Uint8Array;
  /** Gives a directory an owner and an access list; what is within inherits from it. */
  protectDirectory(path: string, descriptor: string): void;
  /** Gives a file an access list. */
  protectFile(path: string, descriptor: string): void;
  /** Makes a directory with these rights from its first moment. @returns whether there was none */
  makeDirectory(path: string, descriptor: string): boolean;
  /** SID of the account that this process runs as. */
  ownSid(): string;
  /** "BUILTIN\Users"; undefined: nobody knows the SID. */
  nameOf(sid: string): string | undefined;
}

const OWNER_SECURITY_INFORMATION = 0x1;
const DACL_SECURITY_INFORMATION = 0x4;
const PROTECTED_DACL_SECURITY_INFORMATION = 0x8000_0000;
/** Also cut off from what the directory above hands down. */
const protectedList = DACL_SECURITY_INFORMATION + PROTECTED_DACL_SECURITY_INFORMATION;
const SE_FILE_OBJECT = 1;
const SDDL_REVISION_1 = 1;
const TOKEN_QUERY = 0x8;
const TokenUser = 1;
const ERROR_ALREADY_EXISTS = 183;

/** By advapi32.dll. */
export function createFileSecurity(): FileSecurity {
  const advapi32 = koffi.load('advapi32.dll');
  const kernel32 = koffi.load('kernel32.dll');
  const declare = (
    library: typeof advapi32,
    name: string,
    result: string,
    parameters: (string | TypeObject)[],
  ): ((...args: unknown[]) => unknown) => library.func('__stdcall', name, result, parameters);
  const native = {
    // https://learn.microsoft.com/windows/win32/api/handleapi/nf-handleapi-closehandle
    closeHandle: declare(kernel32, 'CloseHandle', 'int', ['void *']),
    // https://learn.microsoft.com/windows/win32/api/sddl/nf-sddl-convertsidtostringsidw
    convertSidToStringSid: declare(advapi32, 'ConvertSidToStringSidW', 'int', ['void *', 'void *']),
    // https://learn.microsoft.com/windows/win32/api/sddl/nf-sddl-convertstringsecuritydescriptortosecuritydescriptorw
    convertStringSecurityDescriptor: declare(advapi32, 'ConvertStringSecurityDescriptorToSecurityDescriptorW', 'int', [
      ...['str16', 'uint32', 'void *', 'void *'],
    ]),
    // https://learn.microsoft.com/windows/win32/api/sddl/nf-sddl-convertstringsidtosidw
    convertStringSidToSid: declare(advapi32, 'ConvertStringSidToSidW', 'int', ['str16', 'void *']),
    // https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createdirectoryw
    createDirectory: declare(kernel32, 'CreateDirectoryW', 'int', ['str16', koffi.pointer(SECURITY_ATTRIBUTES)]),
    // https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getcurrentprocess
    getCurrentProcess: declare(kernel32, 'GetCurrentProcess', 'void *', []),
    // https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getfilesecurityw
    getFileSecurity: declare(advapi32, 'GetFileSecurityW', 'int', ['str16', 'uint32', 'void *', 'uint32', 'void *']),
    // https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-gettokeninformation
    getTokenInformation: declare(advapi32, 'GetTokenInformation', 'int', ['void *', 'int32', 'void *', 'uint32', 'void *']),
    // https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-localfree
    localFree: declare(kernel32, 'LocalFree', 'void *', ['void *']),
    // https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-lookupaccountsidw
    lookupAccountSid: declare(advapi32, 'LookupAccountSidW', 'int', [
      ...['str16', 'void *', 'void *', 'void *', 'void *', 'void *', 'void *'],
    ]),
    // https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-openprocesstoken
    openProcessToken: declare(advapi32, 'OpenProcessToken', 'int', ['void *', 'uint32', 'void *']),
    // https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setfilesecurityw
    setFileSecurity: declare(advapi32, 'SetFileSecurityW', 'int', ['str16', 'uint32', 'void *']),
    // https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-setnamedsecurityinfow
    setNamedSecurityInfo: declare(advapi32, 'SetNamedSecurityInfoW', 'uint32', [
      ...['str16', 'int32', 'uint32', 'void *', 'void *', 'void *', 'void *'],
    ]),
  };
  const { failure, check } = createFailedCalls();

  /** Hands on what a function allocated, and frees it. */
  const allocated = <T>(called: string, allocate: (out: BigUint64Array) => unknown, use: (address: bigint) => T): T => {
    const out = new BigUint64Array(1);
    check(called, allocate(out));
    const address = out[0] ?? 0n;
    try {
      return use(address);
    } finally {
      native.localFree(address);
    }
  };
  const withDescriptor = <T>(text: string, use: (address: bigint) => T): T =>
    allocated(
      'ConvertStringSecurityDescriptorToSecurityDescriptorW',
      (out) => native.convertStringSecurityDescriptor(text, SDDL_REVISION_1, out, null),
      use,
    );

  return {
    read(path) {
      const information = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
      const needed = new Uint32Array(1);
      native.getFileSecurity(path, information, null, 0, needed);
      const bytes = new Uint8Array(Math.max(needed[0] ?? 0, SECURITY_DESCRIPTOR_RELATIVE.size));
      check('GetFileSecurityW', native.getFileSecurity(path, information, bytes, bytes.byteLength, needed));
      return bytes;
    },
    protectDirectory(path, descriptor) {
      withDescriptor(descriptor, (address) => {
        const header = new DataView(koffi.view(address, SECURITY_DESCRIPTOR_RELATIVE.size));
        const [owner, dacl] = [SECURITY_DESCRIPTOR_RELATIVE.Owner, SECURITY_DESCRIPTOR_RELATIVE.Dacl].map(
          (member) => address + BigInt(header.getUint32(member, true)),
        );
        const information = OWNER_SECURITY_INFORMATION + protectedList;
        const code = native.setNamedSecurityInfo(path, SE_FILE_OBJECT, information, owner, null, dacl, null) as number;
        if (code !== 0) throw failure('SetNamedSecurityInfoW', code);
      });
    },
    protectFile(path, descriptor) {
      withDescriptor(descriptor, (address) => check('SetFileSecurityW', native.setFileSecurity(path, protectedList, address)));
    },
    makeDirectory(path, descriptor) {
      return withDescriptor(descriptor, (address) => {
        const attributes = { nLength: koffi.sizeof(SECURITY_ATTRIBUTES), lpSecurityDescriptor: address, bInheritHandle: 0 };
        if (native.createDirectory(path, attributes) !== 0) return true;
        const error = failure('CreateDirectoryW');
        if (error.code === ERROR_ALREADY_EXISTS) return false;
        throw error;
      });
    },
    ownSid() {
      const token = new BigUint64Array(1);
      check('OpenProcessToken', native.openProcessToken(native.getCurrentProcess(), TOKEN_QUERY, token));
      try {
        // TOKEN_USER begins with a pointer to a SID, which lies behind it.
        const user = new BigUint64Array(32);
        check('GetTokenInformation', native.getTokenInformation(token[0], TokenUser, user, user.byteLength, new Uint32Array(1)));
        return allocated(
          'ConvertSidToStringSidW',
          (out) => native.convertSidToStringSid(user[0], out),
          (text): string => koffi.decode(text, 'char16_t', -1),
        );
      } finally {
        native.closeHandle(token[0]);
      }
    },
    nameOf(sid) {
      try {
        return allocated(
          'ConvertStringSidToSidW',
          (out) => native.convertStringSidToSid(sid, out),
          (address) => {
            const texts = [Buffer.alloc(512), Buffer.alloc(512)] as const;
            const lengths = [Uint32Array.of(256), Uint32Array.of(256)] as const;
            const [name, domain] = texts;
            const found = native.lookupAccountSid(null, address, name, lengths[0], domain, lengths[1], new Uint32Array(1));
            check('LookupAccountSidW', found);
            const [account, authority] = texts.map((text, index) => text.toString('utf16le', 0, 2 * (lengths[index]?.[0] ?? 0)));
            return authority === '' ? account : `${authority}\\${account}`;
          },
        );
      } catch {
        return undefined;
      }
    },
  };
}
