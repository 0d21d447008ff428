import type { Command } from 'commander';
import { createToken, type EnrolmentToken, listTokens, withdrawTokens } from '../../enroll/tokens.js';
import { readAuthorities } from '../../pki/authority.js';
import type { CommandContext } from '../command-context.js';
import { parseDurationMs } from '../options/values.js';
import { minuteText, writeResult, writeRows } from '../pki/output.js';
import { pkiAction } from '../pki/pki-action.js';
import { type AddressOptions, addAddressOptions, type PkiDirOptions } from '../pki/pki-options.js';
import type { View } from '../render/view.js';
import { UsageError } from '../usage-error.js';
import { examples } from './help.js';

interface CreateOptions extends AddressOptions {
  readonly expiresIn: string;
  readonly server?: string;
}

const longestMs = 30 * 86_400_000;

/** `routefleet enroll token …` */
export function addEnrollToken(enroll: Command, context: CommandContext): void {
  const token = enroll
    .command('token')
    .summary('let a host enroll once')
    .description('Makes, lists and withdraws tokens. Each gives one host one certificate, once.');

  addAddressOptions(
    token
      .command('create')
      .summary('make a token for a host')
      .description(
        'Makes a token and shows it, this once. The certificate will be for this host, under these names, whatever the host asks for.',
      )
      .argument('<host name>', 'as the host calls itself'),
  )
    .option('--expires-in <duration>', 'time in which it must be used, at most 30d', '1h')
    .option('--server <host:port>', 'enrolment server, for the command that is printed')
    .addHelpText('after', examples('routefleet enroll token create web1 --dns web1.example.net --server ctl.example.net:7421'))
    .action(
      pkiAction(context, async (name: string, { dns, ip, expiresIn, server }: CreateOptions, self: Command) => {
        const { pkiDir } = self.optsWithGlobals<PkiDirOptions>();
        const lifetimeMs = parseDurationMs(expiresIn, '--expires-in');
        if (lifetimeMs > longestMs) throw new UsageError(`"${expiresIn}" for --expires-in is above 30 days`, 'give 30d at most');
        const [{ pin }] = await readAuthorities(pkiDir);
        const made = await createToken(pkiDir, { name, dnsNames: dns, ipAddresses: ip, lifetimeMs, now: new Date() });
        const { secret, ...rest } = made;
        const text = [
          `token for ${made.name} until ${minuteText(made.expireTime)}, shown this once:`,
          secret,
          `on ${made.name}:`,
          `routefleet-agent enroll --server ${server ?? '<this host>:7421'} --ca-pin ${pin} --token ${secret}`,
        ];
        writeResult(context.io, self, `${text.join('\n')}\n`, { ...rest, token: secret, pin });
      }),
    );

  token
    .command('list')
    .summary('show tokens that were not used')
    .description('Lists tokens that were not used, without what makes them work.')
    .addHelpText('after', examples('routefleet enroll token list'))
    .action(
      pkiAction(context, async (_options: object, self: Command) => {
        const { pkiDir } = self.optsWithGlobals<PkiDirOptions>();
        await readAuthorities(pkiDir);
        writeRows(context.io, self, await listTokens(pkiDir), tokenView);
      }),
    );

  token
    .command('withdraw')
    .summary('take tokens back')
    .description('Takes back the tokens of a host that were not used, or the one whose id begins so.')
    .argument('<host name or id>', 'as "enroll token list" shows them')
    .addHelpText('after', examples('routefleet enroll token withdraw web1'))
    .action(
      pkiAction(context, async (nameOrId: string, _options: object, self: Command) => {
        const { pkiDir } = self.optsWithGlobals<PkiDirOptions>();
        const withdrawn = await withdrawTokens(pkiDir, nameOrId);
        const text = withdrawn.map(({ name, id }) => `withdrawn: token ${id.slice(0, 12)} for ${name}\n`).join('');
        writeResult(context.io, self, text, { withdrawn });
      }),
    );
}

const tokenView: View<EnrolmentToken> = {
  fields: ['id', 'name', 'dnsNames', 'ipAddresses', 'expireTime'],
  columns: [
    { header: 'ID', text: ({ id }) => id.slice(0, 12) },
    { header: 'HOST', text: ({ name }) => name },
    { header: 'UNTIL', text: ({ expireTime }) => minuteText(expireTime) },
    { header: 'REACHED AS', text: ({ dnsNames, ipAddresses }) => [...dnsNames, ...ipAddresses].join(', ') },
  ],
};
