import type { InterfaceSelector } from '../../model/route-spec.js';

/** Says how an interface is named, for help texts. */
export const interfaceSyntax = 'index ("12"), alias ("Ethernet 2"), "{guid}", or luid:N, guid:…, alias:…, index:N';

/**
 * Reads an interface as people write it: digits are an index, braces a GUID, and everything else an alias, unless a prefix says what it is.
 * Whether it can be one is for the SDK to say.
 */
export function parseInterfaceText(text: string): InterfaceSelector {
  const [, kind, value = ''] = /^(index|luid|guid|alias):(.*)$/i.exec(text) ?? [];
  switch (kind?.toLowerCase()) {
    case 'index':
      return { index: numberOf(value) };
    case 'luid':
      return { luid: /^\d{1,20}$/.test(value) ? BigInt(value) : 0n };
    case 'guid':
      return { guid: value };
    case 'alias':
      return { alias: value };
  }
  if (/^\d+$/.test(text)) return { index: numberOf(text) };
  return /^\{.*\}$/.test(text) ? { guid: text } : { alias: text };
}

function numberOf(text: string): number {
  return text === '' ? Number.NaN : Number(text);
}
