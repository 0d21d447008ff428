import type { RouteTableError } from '../routes/errors.js';
import { makeError } from './failure.js';
import type { Iphlpapi } from './iphlpapi.js';
import { type PersistentRoute, parsePersistentRoute, wordOf } from './persistent-route.js';
import { persistentRoutesPath, type RegistryFunction, type RegistryKey } from './registry.js';
import { Win32 } from './win32-error.js';

/** The persistent routes by the word of their destination. */
export type PersistentRoutes = ReadonlyMap<number, readonly PersistentRoute[]>;

/** What the registry says, read again only when it changed. */
export interface RegistryReader {
  /** As it is now: one cheap question, unless something changed. @throws RouteTableError */
  read(): PersistentRoutes;
  /** As it was when it was last read, and as this agent left it: for rows that are read one right after the other. @throws RouteTableError */
  recent(): PersistentRoutes;
  /** This agent wrote. */
  changed(): void;
}

/** 100 ns of a FILETIME, from 1601 on. https://learn.microsoft.com/windows/win32/api/minwinbase/ns-minwinbase-filetime */
const fileTimeOfUnixEpoch = 116_444_736_000_000_000n;
const fileTimesPerMs = 10_000n;
/** The time of a change is that of the last tick of the clock: two changes may have the same one. */
const tickFileTimes = 1000n * fileTimesPerMs;

/** @param warn - told once of every value that is no route */
export function createRegistryReader(iphlpapi: Iphlpapi, key: RegistryKey, warn: (message: string) => void): RegistryReader {
  let known: { readonly routes: PersistentRoutes; readonly fileTime: bigint; readonly isSettled: boolean } | undefined;
  let told = new Set<string>();

  function parse(names: readonly string[]): PersistentRoutes {
    const routes = new Map<number, PersistentRoute[]>();
    const malformed = new Set<string>();
    for (const name of names) {
      const route = parsePersistentRoute(name);
      if (route === undefined) malformed.add(name);
      else routes.set(wordOf(route.destinationPrefix), [...(routes.get(wordOf(route.destinationPrefix)) ?? []), route]);
    }
    for (const name of malformed) {
      if (!told.has(name)) warn(`the value ${JSON.stringify(name)} of ${persistentRoutesPath} is no route, and is left out`);
    }
    told = malformed;
    return routes;
  }

  function read(): PersistentRoutes {
    const { code, fileTime } = key.lastWriteTime();
    if (code !== 0 && code !== Win32.ERROR_FILE_NOT_FOUND)
      throw registryFailure(iphlpapi, 'RegQueryInfoKeyW', code, 'the persistent routes');
    if (known?.isSettled && known.fileTime === fileTime) return known.routes;
    // Before the names: what changes while they are read is read again.
    const now = BigInt(Date.now()) * fileTimesPerMs + fileTimeOfUnixEpoch;
    const { code: namesCode, names } = key.valueNames();
    if (namesCode !== 0 && namesCode !== Win32.ERROR_FILE_NOT_FOUND) {
      throw registryFailure(iphlpapi, 'RegEnumValueW', namesCode, 'the persistent routes');
    }
    known = { routes: parse(names), fileTime, isSettled: now - fileTime > tickFileTimes };
    return known.routes;
  }

  return {
    read,
    recent: () => known?.routes ?? read(),
    changed: () => {
      known = undefined;
    },
  };
}

/** A call of the registry that failed. */
export function registryFailure(iphlpapi: Iphlpapi, called: RegistryFunction, code: number, subject: string): RouteTableError {
  if (code === Win32.ERROR_ACCESS_DENIED) {
    return makeError(iphlpapi, called, code, subject, {
      reason: 'ACCESS_DENIED',
      rule: 'the agent may not do that in the registry',
      remedy: 'run the agent as a service under LocalSystem, or from an elevated administrator prompt; and look at the rights of the key',
    });
  }
  return makeError(iphlpapi, called, code, subject, {
    reason: 'WIN32_ERROR',
    rule: `the registry refused it (HKEY_LOCAL_MACHINE\\${persistentRoutesPath})`,
    remedy: 'look the code up with "net helpmsg" on the host',
  });
}
