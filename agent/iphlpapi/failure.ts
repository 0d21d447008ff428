import type { ErrorReason } from '../../proto/reasons.js';
import { RouteTableError, type Win32Failure } from '../routes/errors.js';
import { describeRoute, type RouteKey } from '../routes/route.js';
import { createInterfaceLookup, type InterfaceLookup } from './interface-lookup.js';
import type { Iphlpapi, IphlpapiFunction } from './iphlpapi.js';
import { Win32, win32Name } from './win32-error.js';

interface Meaning {
  readonly reason: ErrorReason;
  /** Completes "<Function> failed for <subject>: ". */
  readonly rule: string;
  readonly remedy: string;
}

/** What a code means whatever function returned it. 1168 and 160 depend on the row: see below. */
const meanings: Readonly<Record<number, Meaning>> = {
  [Win32.ERROR_FILE_NOT_FOUND]: {
    reason: 'INTERFACE_NOT_FOUND',
    rule: 'the interface does not exist',
    remedy: 'list the interfaces and name one by alias, index, LUID or GUID',
  },
  [Win32.ERROR_ACCESS_DENIED]: {
    reason: 'ACCESS_DENIED',
    rule: 'the agent may not change routes',
    remedy: 'run the agent as a service under LocalSystem, or from an elevated administrator prompt',
  },
  [Win32.ERROR_NOT_ENOUGH_MEMORY]: {
    reason: 'OUT_OF_MEMORY',
    rule: 'the host is out of memory',
    remedy: 'free memory on the host, then try again',
  },
  [Win32.ERROR_NOT_SUPPORTED]: {
    reason: 'NOT_SUPPORTED',
    rule: 'the IP version is not configured on the host, or the function does not work there',
    remedy: 'install the IP version on the host, or use routes of the other one',
  },
  [Win32.ERROR_INVALID_PARAMETER]: {
    reason: 'INVALID_ARGUMENT',
    rule: 'Windows refused a member of the row',
    remedy: 'check prefix, next hop, interface and lifetimes against the interfaces of the host',
  },
  [Win32.ERROR_PROC_NOT_FOUND]: {
    reason: 'FUNCTION_MISSING',
    rule: 'the library of this host does not export it',
    remedy: 'see missing_functions of GetAgent; use a newer Windows, or the other --ipv4-writes',
  },
  [Win32.ERROR_NETWORK_UNREACHABLE]: {
    reason: 'BEST_ROUTE_NOT_FOUND',
    rule: 'no route leads there',
    remedy: 'add a route that covers the address',
  },
  [Win32.ERROR_HOST_UNREACHABLE]: {
    reason: 'BEST_ROUTE_NOT_FOUND',
    rule: 'no route leads there',
    remedy: 'add a route that covers the address',
  },
  [Win32.ERROR_OBJECT_ALREADY_EXISTS]: {
    reason: 'ROUTE_EXISTS',
    rule: 'there is a row with this interface, prefix and next hop',
    remedy: 'set the existing row instead, or allow existing rows',
  },
};

const otherMeaning: Meaning = {
  reason: 'WIN32_ERROR',
  rule: 'Windows returned a code that this function is not documented to return',
  remedy: 'look the code up with "net helpmsg" on the host',
};

/** Turns the code of a failed call into an error with reason and remedy. `subject` is what the call was about. */
export function failure(iphlpapi: Iphlpapi, called: IphlpapiFunction, code: number, subject: string): RouteTableError {
  return makeError(iphlpapi, called, code, subject, meanings[code] ?? otherMeaning);
}

/** The same for a call about one row, where 1168 and 160 need a look at the interface to be told apart. */
export function rowFailure(
  iphlpapi: Iphlpapi,
  called: IphlpapiFunction,
  code: number,
  row: RouteKey & { readonly metric?: number | undefined },
): RouteTableError {
  const lookup = createInterfaceLookup(iphlpapi);
  const subject = describeRoute(row);
  if (code === Win32.ERROR_NOT_FOUND) return makeError(iphlpapi, called, code, subject, meaningOfNotFound(lookup, row));
  if (code !== Win32.ERROR_BAD_ARGUMENTS) return failure(iphlpapi, called, code, subject);
  const interfaceMetric = lookup.metric(row.destinationPrefix.family, row.interface.luid);
  const metric1 = (row.metric ?? 0) + (interfaceMetric ?? 0);
  return makeError(
    iphlpapi,
    called,
    code,
    subject,
    {
      reason: 'METRIC_BELOW_INTERFACE_METRIC',
      rule: `Metric1 ${metric1} is below the metric ${interfaceMetric ?? '(unknown)'} of the interface`,
      remedy: 'the interface metric changed meanwhile or cannot be read: try again, or use --ipv4-writes netio',
    },
    { metric1: String(metric1), interface_metric: String(interfaceMetric ?? '') },
  );
}

function meaningOfNotFound(lookup: InterfaceLookup, { interface: { index, luid }, destinationPrefix: { family } }: RouteKey): Meaning {
  if (!lookup.exists(luid)) {
    return {
      reason: 'INTERFACE_NOT_FOUND',
      rule: `interface ${index} does not exist`,
      remedy: 'list the interfaces; indexes change when an interface is plugged in again',
    };
  }
  if (lookup.isBound(family, luid) === false) {
    return {
      reason: 'FAMILY_NOT_BOUND',
      rule: `IPv${family} is switched off on interface ${index}`,
      remedy: `enable IPv${family} on the interface, or choose another interface`,
    };
  }
  return {
    reason: 'ROUTE_NOT_FOUND',
    rule: 'there is no such row',
    remedy: 'list the routes; a row is named by prefix, next hop and interface, and set never creates one',
  };
}

/** An error with the code of a call and what it means. */
export function makeError(
  iphlpapi: Pick<Iphlpapi, 'formatMessage'>,
  called: string,
  code: number,
  subject: string,
  { reason, rule, remedy }: Meaning,
  facts: Readonly<Record<string, string>> = {},
): RouteTableError {
  const win32: Win32Failure = { code, name: win32Name(code), message: iphlpapi.formatMessage(code), function: called };
  return new RouteTableError(reason, `${called} failed for ${subject}: ${rule} (${win32.name}, ${code})`, { remedy, win32, facts });
}
