import type { Command } from 'commander';
import { bundlePath, initAuthority } from '../../pki/authority.js';
import { crlPath, readCrlTimes, writeCrls } from '../../pki/crl.js';
import type { CommandContext } from '../command-context.js';
import { minuteText, writeResult } from '../pki/output.js';
import { pkiAction } from '../pki/pki-action.js';
import { addLifetime, addPkiDir, type LifetimeOptions, lifetimeOf, type PkiDirOptions } from '../pki/pki-options.js';
import { examples } from './help.js';
import { addPkiIssue } from './pki-issue.js';
import { addPkiList } from './pki-list.js';
import { addPkiRenew } from './pki-renew.js';
import { addPkiRequest } from './pki-request.js';
import { addPkiRotate } from './pki-rotate.js';

const authorityLifetimeMs = 3650 * 86_400_000;

/** `routefleet pki …` */
export function addPki(program: Command, context: CommandContext): void {
  const pki = program
    .command('pki')
    .summary('make, renew and revoke certificates')
    .description('Keeps the authority whose certificates agents and controllers show each other.');
  addPkiDir(pki);

  addLifetime(pki.command('init'), '3650d')
    .summary('make an authority')
    .description(
      'Makes an authority: its key, which signs everything and never leaves this directory, its certificate and an empty revocation list.',
    )
    .option('--organization <text>', 'organization in its subject', 'routefleet')
    .addHelpText('after', examples('routefleet pki init', 'routefleet pki init --pki-dir /srv/pki --organization "Example Net"'))
    .action(
      pkiAction(context, async (options: LifetimeOptions & { readonly organization: string }, self: Command) => {
        const { pkiDir } = self.optsWithGlobals<PkiDirOptions>();
        const now = new Date();
        const lifetimeMs = lifetimeOf(options, authorityLifetimeMs);
        const { id, pin, certificate } = await initAuthority(pkiDir, { name: options.organization, lifetimeMs, now });
        await writeCrls(pkiDir, now);
        const until = new Date(certificate.validTo);
        const text = `authority ${id} until ${minuteText(until)}\ntrust: ${bundlePath(pkiDir)}\nrevoked: ${crlPath(pkiDir)}\npin: ${pin}\n`;
        writeResult(context.io, self, text, { id, pin, notAfter: until, bundle: bundlePath(pkiDir), crl: crlPath(pkiDir) });
      }),
    );

  addPkiIssue(pki, context);
  addPkiRequest(pki, context);
  addPkiRenew(pki, context);
  addPkiList(pki, context);
  addPkiRotate(pki, context);

  pki
    .command('crl')
    .summary('sign the revocation list anew')
    .description(
      'Signs the revocation list anew; each holds for 30 days, and every revocation and "enroll serve" sign it as well. Run it by a timer, and hand the file to the agents.',
    )
    .addHelpText('after', examples('routefleet pki crl'))
    .action(
      pkiAction(context, async (_options: object, self: Command) => {
        const { pkiDir } = self.optsWithGlobals<PkiDirOptions>();
        await writeCrls(pkiDir, new Date());
        const lists = await readCrlTimes(pkiDir);
        const text = lists.map(({ revoked, nextUpdate }) => `${revoked} revoked, holds until ${minuteText(nextUpdate)}\n`).join('');
        writeResult(context.io, self, text, { crl: crlPath(pkiDir), lists });
      }),
    );
}
