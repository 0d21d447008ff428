import { type Command, Option } from 'commander';
import { crlPath } from '../../pki/crl.js';
import { readGiven, writeWhole } from '../../pki/files.js';
import { type RevocationReason, revocationReasons } from '../../pki/issued-list.js';
import { renew } from '../../pki/renew.js';
import { revoke } from '../../pki/revoke.js';
import type { CommandContext } from '../command-context.js';
import { minuteText, writeResult } from '../pki/output.js';
import { pkiAction } from '../pki/pki-action.js';
import { addLifetime, type LifetimeOptions, lifetimeOf, type PkiDirOptions } from '../pki/pki-options.js';
import { examples } from './help.js';

interface RenewOptions extends LifetimeOptions {
  readonly out?: string;
}

interface RevokeOptions {
  readonly kind?: 'agent' | 'controller';
  readonly reason: RevocationReason;
}

/** `routefleet pki renew` and `routefleet pki revoke` */
export function addPkiRenew(pki: Command, context: CommandContext): void {
  addLifetime(pki.command('renew'), '90d')
    .summary('make a certificate anew, for the same key')
    .description(
      'Makes a certificate with the same names for the same key, in place of the old one in its file. For a new key issue or enroll anew. Agents that enrolled renew by themselves, each time with a new key.',
    )
    .argument('<certificate>', 'file of the certificate, PEM')
    .option('--out <file>', 'where the new one goes (default: in place of the old one)')
    .addHelpText('after', examples('routefleet pki renew alice.pem --valid-for 90d'))
    .action(
      pkiAction(context, async (path: string, options: RenewOptions, self: Command) => {
        const { pkiDir } = self.optsWithGlobals<PkiDirOptions>();
        const { out = path } = options;
        const lifetimeMs = lifetimeOf(options);
        const { certificate, kind, name, serial, notAfter } = await renew(pkiDir, await readGiven(path), { lifetimeMs, now: new Date() });
        await writeWhole(out, certificate, { replace: out === path });
        const text = `${kind} ${name} until ${minuteText(notAfter)}, serial number ${serial}\ncertificate: ${out}\n`;
        writeResult(context.io, self, text, { kind, name, serial, notAfter, certificate: out });
      }),
    );

  pki
    .command('revoke')
    .summary('take certificates back')
    .description(
      'Revokes every certificate of a host or controller, or the one of a serial number, and signs the revocation list anew. It reaches agents with the file of the list.',
    )
    .argument('<name or serial>', 'name of the host or controller, or a serial number')
    .addOption(new Option('--kind <kind>', 'where both have the name').choices(['agent', 'controller']))
    .addOption(new Option('--reason <reason>', 'for the revocation list').choices(revocationReasons).default('unspecified'))
    .addHelpText(
      'after',
      examples('routefleet pki revoke web1 --reason keyCompromise', 'routefleet pki revoke 5b0c9f0e2f1d4c3b8a7e6d5c4b3a2918'),
    )
    .action(
      pkiAction(context, async (nameOrSerial: string, { kind, reason }: RevokeOptions, self: Command) => {
        const { pkiDir } = self.optsWithGlobals<PkiDirOptions>();
        const now = new Date();
        const revoked = await revoke(pkiDir, { nameOrSerial, kind }, { reason, now });
        const lines = revoked.map(({ kind: of, name, serial }) => `revoked ${of} ${name}, serial number ${serial}\n`);
        const text = `${lines.join('') || 'nothing left to revoke\n'}revocation list: ${crlPath(pkiDir)}\n`;
        const rows = revoked.map((each) => ({ kind: each.kind, name: each.name, serial: each.serial, notAfter: each.notAfter }));
        writeResult(context.io, self, text, { revoked: rows, crl: crlPath(pkiDir) });
      }),
    );
}
