import { hostname } from 'node:os';
import { type Command, Option } from 'commander';
import { defaultEnrolmentPort } from '../../../proto/enrolment.js';
import { type EnrolmentEvent, startEnrolmentServer } from '../../enroll/server.js';
import { readAuthorities } from '../../pki/authority.js';
import type { CommandContext } from '../command-context.js';
import { collect } from '../options/values.js';
import { minuteText } from '../pki/output.js';
import { pkiAction } from '../pki/pki-action.js';
import { addLifetime, type LifetimeOptions, lifetimeOf, type PkiDirOptions } from '../pki/pki-options.js';
import { failureText } from '../render/failure.js';
import { UsageError } from '../usage-error.js';
import { examples } from './help.js';

interface ServeOptions extends LifetimeOptions {
  readonly listen: string;
  readonly serverName?: readonly string[];
}

/** `routefleet enroll serve` */
export function addEnrollServe(enroll: Command, context: CommandContext): void {
  addLifetime(enroll.command('serve'), '90d')
    .summary('serve agents that enroll and renew')
    .description(
      'Serves agents over TLS 1.3 until it is interrupted: certificates for tokens of "enroll token create", and new ones for agents whose certificate holds. It signs, so that it runs where the authority is.',
    )
    .option('--listen <host:port>', 'where to listen', `0.0.0.0:${defaultEnrolmentPort}`)
    .addOption(
      new Option(
        '--server-name <host>',
        'name or address under which agents reach it; can be repeated (default: the name of this host)',
      ).argParser(collect),
    )
    .addHelpText('after', examples('routefleet enroll serve --server-name ctl.example.net --server-name 10.0.0.1'))
    .action(
      pkiAction(context, async (options: ServeOptions, self: Command) => {
        const { pkiDir } = self.optsWithGlobals<PkiDirOptions>();
        const { signal, stdout } = context.io;
        const names = options.serverName ?? [hostname().toLowerCase()];
        const listen = listenOf(options.listen);
        const server = await startEnrolmentServer({
          pki: pkiDir,
          listen,
          names,
          lifetimeMs: lifetimeOf(options),
          notify: (event) => stdout.write(`${new Date().toISOString()} ${eventText(event)}\n`),
        });
        const [{ pin }] = await readAuthorities(pkiDir);
        stdout.write(`enrolling at ${listen.host}:${server.port} as ${names.join(', ')}\npin: ${pin}\n`);
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        await server.close();
      }),
    );
}

function listenOf(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, digits] = /^(?:\[([\da-f:.]+)\]|([^[\]:\s]+)):(\d{1,5})$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host !== undefined && port <= 65_535) return { host, port };
  throw new UsageError(`"${text}" for --listen is not host:port`, 'write it like "0.0.0.0:7421" or "[::]:7421"');
}

function eventText(event: EnrolmentEvent): string {
  switch (event.what) {
    case 'enrolled':
    case 'renewed':
      return `${event.what} ${event.name} from ${event.from}, serial number ${event.serial}, until ${minuteText(event.notAfter)}`;
    case 'refused': {
      const { code, message, cause } = event.error;
      // What the other side is not told.
      const why = code === 'SERVER_FAILED' ? ` ${causeText(cause)}` : '';
      return `refused ${event.from}: ${failureText({ message, reason: code })}${why}`;
    }
    case 'failed':
      return `failed: ${causeText(event.error)}`;
  }
}

function causeText(cause: unknown): string {
  return failureText(cause instanceof Error ? cause : { message: String(cause) });
}
