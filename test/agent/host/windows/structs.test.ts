import koffi, { type TypeObject } from 'koffi';
import { describe, expect, it } from 'vitest';
import * as layouts from '../../../../agent/host/windows/structs.js';

const structs: Readonly<Record<string, TypeObject>> = { ...layouts };

/** Sizes and offsets as compiled from the headers of mingw-w64; test/kernel/layout.test.ts compiles them anew. */
const pinned = {
  SERVICE_STATUS: { size: 28, dwCurrentState: 4, dwWin32ExitCode: 12, dwCheckPoint: 20, dwWaitHint: 24 },
  SERVICE_STATUS_PROCESS: { size: 36, dwServiceSpecificExitCode: 16, dwProcessId: 28 },
  SERVICE_TABLE_ENTRYW: { size: 16, lpServiceName: 0, lpServiceProc: 8 },
  SERVICE_FAILURE_ACTIONSW: { size: 40, dwResetPeriod: 0, lpRebootMsg: 8, lpCommand: 16, cActions: 24, lpsaActions: 32 },
  SC_ACTION: { size: 8, Type: 0, Delay: 4 },
  SECURITY_ATTRIBUTES: { size: 24, lpSecurityDescriptor: 8, bInheritHandle: 16 },
};

describe('layouts of 64-bit Windows, wherever koffi runs', () => {
  it.each(Object.entries(pinned))('%s', (name, { size, ...members }) => {
    const type = structs[name] as TypeObject;
    const offsets = Object.keys(members).map((member) => [member, koffi.offsetof(type, member)]);
    expect({ size: koffi.sizeof(type), ...Object.fromEntries(offsets) }).toEqual({ size, ...members });
  });
});
