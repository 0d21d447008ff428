import { formatAddress } from '../../../proto/address.js';
import { formatPrefix } from '../../../proto/prefix.js';
import type { DesiredRoute, Route, RouteKey } from '../../routes/route.js';
import type { CommitStep, Receipt, ReceiptChange } from '../commit.js';
import type { Failure } from '../failure.js';

/*
 * Steps as JSON by hand: a commit has thousands of them, each is written twice, and the schema takes thirty times as long. The schema of
 * record-codec.ts reads them, and a property test holds both against each other.
 */

/** @throws RangeError for a number that could not be read again */
export function stepText(step: CommitStep): string {
  const { kind, key, before, after, receipt, registryValues, operationIndex } = step;
  const { writtenBy, failure } = step.outcome;
  const outcome = object(member('writtenBy', text(writtenBy)) + member('failure', failure && failureText(failure)));
  return (
    `{"kind":"${kind}","key":{${keyMembers(key)}}` +
    member('before', before && routeText(before)) +
    member('after', after && routeText(after)) +
    member('receipt', receipt && changeText(receipt)) +
    member('registryValues', registryValues.length === 0 ? undefined : JSON.stringify(registryValues)) +
    member('operationIndex', natural('operationIndex', operationIndex)) +
    `,"outcome":${outcome}}`
  );
}

function keyMembers({ destinationPrefix, nextHop, interface: { luid, index } }: RouteKey): string {
  return (
    `"destinationPrefix":"${formatPrefix(destinationPrefix)}","nextHop":"${formatAddress(nextHop)}",` +
    `"interface":{"luid":"${luid}","index":${natural('index', index)}}`
  );
}

function routeText(route: Route): string {
  return (
    `{${keyMembers(route)}` +
    member('interfaceAlias', text(route.interfaceAlias)) +
    `,"metric":${natural('metric', route.metric)}` +
    member('interfaceMetric', natural('interfaceMetric', route.interfaceMetric)) +
    `,"protocol":${natural('protocol', route.protocol)}` +
    member('origin', natural('origin', route.origin)) +
    member('validLifetimeSeconds', natural('validLifetimeSeconds', route.validLifetimeSeconds)) +
    member('preferredLifetimeSeconds', natural('preferredLifetimeSeconds', route.preferredLifetimeSeconds)) +
    `,"ageSeconds":${natural('ageSeconds', route.ageSeconds)}` +
    `,"sitePrefixLength":${natural('sitePrefixLength', route.sitePrefixLength)}` +
    `,"loopback":${route.loopback},"autoconfigured":${route.autoconfigured},"publish":${route.publish},"immortal":${route.immortal}` +
    `${member('inRegistry', route.inRegistry || undefined)}}`
  );
}

function changeText({ key, before, after }: ReceiptChange): string {
  return `{"key":{${keyMembers(key)}}${member('before', before && receiptText(before))}${member('after', after && receiptText(after))}}`;
}

/** @throws RangeError likewise */
export function receiptText({ owner, persistent, desired, interfaceGuid }: Receipt): string {
  return `{"owner":${text(owner)},"persistent":${persistent},"desired":${desiredText(desired)}${member('interfaceGuid', text(interfaceGuid))}}`;
}

function desiredText(route: DesiredRoute): string {
  return (
    `{${keyMembers(route)}` +
    member('metric', natural('metric', route.metric)) +
    member('validLifetimeSeconds', natural('validLifetimeSeconds', route.validLifetimeSeconds)) +
    member('preferredLifetimeSeconds', natural('preferredLifetimeSeconds', route.preferredLifetimeSeconds)) +
    `${member('publish', route.publish)}}`
  );
}

function failureText({ reason, message, remedy, facts }: Failure): string {
  return `{"reason":"${reason}","message":${text(message)},"remedy":${text(remedy)}${member('facts', facts && JSON.stringify(facts))}}`;
}

function text(value: string | undefined): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

function natural<Value extends number | undefined>(name: string, value: Value): Value {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) return value;
  throw new RangeError(`${name}: ${value} is not a whole number from 0 on`);
}

/** Behind another member; nothing for what is undefined. */
function member(name: string, value: string | number | boolean | undefined): string {
  return value === undefined ? '' : `,"${name}":${value}`;
}

function object(members: string): string {
  return `{${members.slice(1)}}`;
}
