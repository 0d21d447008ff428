import type * as wire from '../../proto/gen/routefleet/v1/route.pb.js';
import { InvalidValueError } from '../../proto/invalid-value.js';
import type { InterfaceSelector } from '../model/route-spec.js';

const guidPattern = /^(\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** @throws InvalidValueError with reason INVALID_ARGUMENT for a selector that can name no interface */
export function encodeInterfaceSelector(selector: InterfaceSelector | undefined): wire.InterfaceSelector | undefined {
  return selector === undefined ? undefined : { selector: encodeCase(selector) };
}

function encodeCase(selector: InterfaceSelector): wire.InterfaceSelector['selector'] {
  if (Object.keys(selector).length !== 1) {
    throw refuse(
      `{ ${Object.keys(selector).join(', ')} } does not name an interface in exactly one way`,
      'give one of index, luid, guid, alias',
    );
  }
  if ('index' in selector) {
    const { index } = selector;
    if (Number.isInteger(index) && index >= 1 && index <= 0xffff_ffff) return { $case: 'index', value: index };
    throw refuse(`${index} is no interface index`, 'give a whole number from 1 to 4294967295, as "routefleet interfaces" shows it');
  }
  if ('luid' in selector) {
    const { luid } = selector;
    if (typeof luid === 'bigint' && luid >= 1n && luid <= 0xffff_ffff_ffff_ffffn) return { $case: 'luid', value: luid };
    throw refuse(`${luid} is no interface LUID`, 'give a whole number of 64 bits above 0 (a bigint in code)');
  }
  if ('guid' in selector) {
    if (guidPattern.test(selector.guid)) return { $case: 'guid', value: selector.guid };
    throw refuse(`"${selector.guid}" is no GUID`, 'write it like "{6B29FC40-CA47-1067-B31D-00DD010662DA}"');
  }
  if (selector.alias !== '') return { $case: 'alias', value: selector.alias };
  throw refuse('an empty text is no interface alias', 'give the alias as Windows shows it, such as "Ethernet 2"');
}

function refuse(message: string, remedy: string): InvalidValueError {
  return new InvalidValueError('INVALID_ARGUMENT', message, remedy);
}

/** A selector of an answer; undefined for one that names nothing. */
export function decodeInterfaceSelector(row: wire.InterfaceSelector | undefined): InterfaceSelector | undefined {
  const selector = row?.selector;
  switch (selector?.$case) {
    case undefined:
      return undefined;
    case 'index':
      return { index: selector.value };
    case 'luid':
      return { luid: selector.value };
    case 'guid':
      return { guid: selector.value };
    case 'alias':
      return { alias: selector.value };
  }
}
