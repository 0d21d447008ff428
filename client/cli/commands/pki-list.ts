import { type Command, Option } from 'commander';
import { readAuthorities } from '../../pki/authority.js';
import { readCrlTimes } from '../../pki/crl.js';
import { readIssued } from '../../pki/issued-list.js';
import { type CertificateSelector, findCertificates } from '../../pki/revoke.js';
import { type RotationStep, rotationStepOf } from '../../pki/rotation.js';
import type { CommandContext } from '../command-context.js';
import { parseDurationMs } from '../options/values.js';
import { certificateText, certificateView, rowOf } from '../pki/certificate-view.js';
import { minuteText, writeResult, writeRows } from '../pki/output.js';
import { pkiAction } from '../pki/pki-action.js';
import type { PkiDirOptions } from '../pki/pki-options.js';
import { examples } from './help.js';

interface ListOptions {
  readonly kind?: 'agent' | 'controller' | 'server';
  readonly expiresWithin?: string;
  readonly ended?: boolean;
}

/** `routefleet pki list` and `routefleet pki show` */
export function addPkiList(pki: Command, context: CommandContext): void {
  pki
    .command('list')
    .summary('show certificates')
    .description('Lists the certificates that hold, the earliest first.')
    .addOption(new Option('--kind <kind>', 'only of this kind').choices(['agent', 'controller', 'server']))
    .option('--expires-within <duration>', 'only those that end within this time, "14d"')
    .option('--ended', 'also those that ended, were revoked, or are trusted no longer')
    .addHelpText('after', examples('routefleet pki list --expires-within 14d', 'routefleet pki list --kind agent --ended -o csv'))
    .action(
      pkiAction(context, async ({ kind, expiresWithin, ended = false }: ListOptions, self: Command) => {
        const { pkiDir } = self.optsWithGlobals<PkiDirOptions>();
        const now = new Date();
        const until =
          expiresWithin === undefined ? Number.POSITIVE_INFINITY : now.getTime() + parseDurationMs(expiresWithin, '--expires-within');
        const authorities = await readAuthorities(pkiDir);
        const rows = (await readIssued(pkiDir))
          .map((each) => rowOf(each, authorities, now))
          .filter(
            (row) => (kind === undefined || row.kind === kind) && (ended || row.state === 'valid') && row.notAfter.getTime() <= until,
          );
        writeRows(context.io, self, rows, certificateView);
      }),
    );

  pki
    .command('show')
    .summary('show the authority, or a certificate')
    .description(
      'Shows the authority: who signs, what is trusted, the pin for agents that enroll; or the certificates of a name or serial number.',
    )
    .argument('[name or serial]', 'name of a host or controller, or a serial number')
    .addOption(new Option('--kind <kind>', 'where both have the name').choices(['agent', 'controller']))
    .addHelpText('after', examples('routefleet pki show', 'routefleet pki show web1 -o json'))
    .action(
      pkiAction(context, async (nameOrSerial: string | undefined, { kind }: Pick<CertificateSelector, 'kind'>, self: Command) => {
        const { pkiDir } = self.optsWithGlobals<PkiDirOptions>();
        if (nameOrSerial === undefined) return showAuthority(context, self, pkiDir);
        const now = new Date();
        const authorities = await readAuthorities(pkiDir);
        const rows = (await findCertificates(pkiDir, { nameOrSerial, kind })).map((each) => rowOf(each, authorities, now));
        writeResult(context.io, self, rows.map(certificateText).join('\n'), rows);
      }),
    );
}

const stepTexts: Readonly<Record<RotationStep, string>> = {
  none: 'no rotation is under way',
  begun: 'a rotation began: hand out the bundle with both, then "routefleet pki rotate switch"',
  switched: 'a rotation is under way: when all certificates are renewed, "routefleet pki rotate finish"',
};

async function showAuthority({ io }: CommandContext, command: Command, pkiDir: string): Promise<void> {
  const all = await readAuthorities(pkiDir);
  const step = rotationStepOf(all);
  const authorities = all.map(({ id, pin, certificate }, index) => ({
    id,
    pin,
    subject: certificate.subject.replaceAll('\n', ', '),
    notAfter: new Date(certificate.validTo),
    signs: index === 0,
  }));
  const lists = await readCrlTimes(pkiDir);
  const lines = [
    ...authorities.flatMap(({ id, pin, subject, notAfter, signs }) => [
      `authority ${id} (${subject}) until ${minuteText(notAfter)}: ${signs ? 'signs' : 'is trusted'}`,
      `  pin: ${pin}`,
    ]),
    ...lists.map(({ revoked, nextUpdate }) => `revocation list: ${revoked} revoked, holds until ${minuteText(nextUpdate)}`),
    stepTexts[step],
  ];
  writeResult(io, command, `${lines.join('\n')}\n`, { step, authorities, lists });
}
