import type { Command } from 'commander';
import { bundlePath, readAuthorities } from '../../pki/authority.js';
import { beginRotation, cancelRotation, finishRotation, switchRotation } from '../../pki/rotation.js';
import type { CommandContext } from '../command-context.js';
import { minuteText, writeResult } from '../pki/output.js';
import { pkiAction } from '../pki/pki-action.js';
import { addLifetime, type LifetimeOptions, lifetimeOf, type PkiDirOptions } from '../pki/pki-options.js';
import { examples } from './help.js';

interface FinishOptions {
  readonly force?: boolean;
}

/** `routefleet pki rotate …` */
export function addPkiRotate(pki: Command, context: CommandContext): void {
  const rotate = pki
    .command('rotate')
    .summary('replace the authority, step by step')
    .description('Replaces the authority without a gap: begin, hand out the bundle, switch, renew all certificates, finish.');
  const directoryOf = (command: Command): string => command.optsWithGlobals<PkiDirOptions>().pkiDir;

  addLifetime(rotate.command('begin'), '3650d')
    .summary('make the next authority, and trust both')
    .description(
      'Makes the next authority. The bundle then holds both, and the old one goes on to sign. Hand the bundle to agents and controllers.',
    )
    .addHelpText('after', examples('routefleet pki rotate begin'))
    .action(
      pkiAction(context, async (options: LifetimeOptions, self: Command) => {
        const pkiDir = directoryOf(self);
        const [signer] = await readAuthorities(pkiDir);
        const name = /^O=(.*)$/m.exec(signer.certificate.subject)?.[1] ?? 'routefleet';
        const lifetimeMs = lifetimeOf(options, 3650 * 86_400_000);
        const { id, pin, certificate } = await beginRotation(pkiDir, { name, lifetimeMs, now: new Date() });
        const until = new Date(certificate.validTo);
        const text = `next authority ${id} until ${minuteText(until)}\npin: ${pin}\ntrust both: ${bundlePath(pkiDir)}\nwhen all have it: routefleet pki rotate switch\n`;
        writeResult(context.io, self, text, { id, pin, notAfter: until, bundle: bundlePath(pkiDir) });
      }),
    );

  rotate
    .command('switch')
    .summary('let the next authority sign')
    .description('From now on the next authority signs; the old one is trusted still. Agents that enroll need the new pin.')
    .addHelpText('after', examples('routefleet pki rotate switch'))
    .action(
      pkiAction(context, async (_options: object, self: Command) => {
        const { id, pin } = await switchRotation(directoryOf(self), new Date());
        const text = `authority ${id} signs\npin: ${pin}\nwhen all certificates are renewed: routefleet pki rotate finish\n`;
        writeResult(context.io, self, text, { id, pin });
      }),
    );

  rotate
    .command('finish')
    .summary('trust the old authority no longer')
    .description(
      'Takes the old authority out of the bundle and removes its key. Refused while somebody has certificates of the old one alone.',
    )
    .option('--force', 'shut out whoever has not renewed')
    .addHelpText('after', examples('routefleet pki rotate finish'))
    .action(
      pkiAction(context, async ({ force = false }: FinishOptions, self: Command) => {
        const pkiDir = directoryOf(self);
        const { id } = await finishRotation(pkiDir, { force, now: new Date() });
        writeResult(context.io, self, `authority ${id} alone is trusted: ${bundlePath(pkiDir)}\n`, { id, bundle: bundlePath(pkiDir) });
      }),
    );

  rotate
    .command('cancel')
    .summary('forget the next authority, before it signs')
    .description('Takes the next authority out of the bundle and removes its key, before "switch".')
    .addHelpText('after', examples('routefleet pki rotate cancel'))
    .action(
      pkiAction(context, async (_options: object, self: Command) => {
        const pkiDir = directoryOf(self);
        await cancelRotation(pkiDir, new Date());
        writeResult(context.io, self, `all is as before the rotation: ${bundlePath(pkiDir)}\n`, { bundle: bundlePath(pkiDir) });
      }),
    );
}
