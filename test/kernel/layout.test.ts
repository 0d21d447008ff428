import { execFileSync, spawnSync } from 'node:child_process';
import koffi, { type TypeObject } from 'koffi';
import { describe, expect, it } from 'vitest';
import * as descriptor from '../../agent/host/windows/security-descriptor.js';
import * as structs from '../../agent/host/windows/structs.js';
import * as layout from '../../agent/iphlpapi/layout.js';

const missing = spawnSync('x86_64-w64-mingw32-gcc', ['--version']).status === 0 ? '' : ' (missing: gcc-mingw-w64-x86-64)';

type Members = Readonly<Record<string, number>>;
const { ServiceMain: _main, HandlerEx: _handler, ...ofServices } = structs;
const { parseSecurityDescriptor: _parse, ACCESS_ALLOWED_ACE, ...ofSecurity } = descriptor;
const { SOCKADDR_INET, MIB_TABLE2, ...plain } = layout;
/** Our structures by their C names; those whose members have other names, or that stand for several, are put in C's words here. */
const ours: Readonly<Record<string, unknown>> = {
  ...plain,
  SOCKADDR_INET: {
    size: SOCKADDR_INET.size,
    si_family: SOCKADDR_INET.family,
    'Ipv4.sin_addr': SOCKADDR_INET.ipv4Address,
    'Ipv6.sin6_addr': SOCKADDR_INET.ipv6Address,
    'Ipv6.sin6_scope_id': SOCKADDR_INET.ipv6ScopeId,
  },
  MIB_IPFORWARD_TABLE2: MIB_TABLE2,
  MIB_IF_TABLE2: MIB_TABLE2,
  MIB_UNICASTIPADDRESS_TABLE: MIB_TABLE2,
  ...ofSecurity,
  ACCESS_ALLOWED_ACE: {
    'Header.AceType': ACCESS_ALLOWED_ACE.AceType,
    'Header.AceFlags': ACCESS_ALLOWED_ACE.AceFlags,
    'Header.AceSize': ACCESS_ALLOWED_ACE.AceSize,
    Mask: ACCESS_ALLOWED_ACE.Mask,
    SidStart: ACCESS_ALLOWED_ACE.SidStart,
  },
  ...Object.fromEntries(Object.entries(ofServices).map(([name, type]) => [name, membersOf(type)])),
};

/** A structure that koffi lays out. */
function membersOf(type: TypeObject): Members {
  const names = Object.keys(type.members ?? {});
  return { size: koffi.sizeof(type), ...Object.fromEntries(names.map((name) => [name, koffi.offsetof(type, name)])) };
}

describe.skipIf(missing !== '')(`layouts against the headers of mingw-w64${missing}`, () => {
  const compiled =
    missing === '' ? (JSON.parse(execFileSync('bash', ['test/kernel/layout.sh'], { encoding: 'utf8' })) as Record<string, Members>) : {};
  const names = Object.keys(ours).filter((name) => name in compiled);

  it('cover every structure', () => {
    expect(names.length).toBe(27);
  });

  it.each(names)('%s', (name) => {
    expect(compiled[name]).toMatchObject(ours[name] as Members);
  });
});
