import type { Authority } from '../../pki/authority.js';
import type { IssuedCertificate, ListedCertificate } from '../../pki/issued-list.js';
import type { View } from '../render/view.js';
import { minuteText } from './output.js';

/** A certificate as lists show it. */
export interface CertificateRow extends Omit<ListedCertificate, 'revoked'> {
  /** "untrusted": its authority was dropped by a rotation. */
  readonly state: 'valid' | 'ended' | 'revoked' | 'untrusted';
  readonly revokeTime?: Date | undefined;
  readonly revokeReason?: string | undefined;
}

/** Whether a certificate holds now among those who trust these authorities, and why not. */
export function rowOf({ revoked, ...issued }: ListedCertificate, authorities: readonly Authority[], now: Date): CertificateRow {
  if (revoked !== undefined) return { ...issued, state: 'revoked', revokeTime: revoked.time, revokeReason: revoked.reason };
  if (issued.notAfter <= now) return { ...issued, state: 'ended' };
  return { ...issued, state: authorities.some(({ id }) => id === issued.authority) ? 'valid' : 'untrusted' };
}

/** One line per certificate. */
export const certificateView: View<CertificateRow> = {
  fields: [
    'kind',
    'name',
    'serial',
    'state',
    'notBefore',
    'notAfter',
    'dnsNames',
    'ipAddresses',
    'authority',
    'revokeTime',
    'revokeReason',
  ],
  columns: [
    { header: 'KIND', text: ({ kind }) => kind },
    { header: 'NAME', text: ({ name }) => name },
    { header: 'STATE', text: stateText },
    { header: 'UNTIL', text: ({ notAfter }) => minuteText(notAfter) },
    { header: 'SERIAL', text: ({ serial }) => serial },
    { header: 'REACHED AS', text: reachedAs },
  ],
};

function stateText({ state, revokeReason }: CertificateRow): string {
  return revokeReason === undefined || revokeReason === 'unspecified' ? state : `${state} (${revokeReason})`;
}

function reachedAs({ dnsNames, ipAddresses }: IssuedCertificate): string | undefined {
  return [...dnsNames, ...ipAddresses].join(', ') || undefined;
}

/** All of one certificate. */
export function certificateText(row: CertificateRow): string {
  const lines = [
    `${row.kind} ${row.name}: ${stateText(row)}`,
    `serial number: ${row.serial}`,
    `holds: ${minuteText(row.notBefore)} to ${minuteText(row.notAfter)}`,
    `reached as: ${reachedAs(row) ?? '-'}`,
    `signed by: ${row.authority}`,
    ...(row.revokeTime === undefined ? [] : [`revoked: ${minuteText(row.revokeTime)}`]),
  ];
  return `${lines.join('\n')}\n${row.certificate}`;
}
