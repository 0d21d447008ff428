import type { Command } from 'commander';
import { createCertificateRequest } from '../../../proto/certificate-request.js';
import { canonicalName } from '../../../proto/identity.js';
import { checkRequest } from '../../pki/check-request.js';
import { readGiven } from '../../pki/files.js';
import { canonicalSubject } from '../../pki/issue.js';
import type { CommandContext } from '../command-context.js';
import { certify } from '../pki/certify.js';
import { identityFiles, refuseToReplace, writeFiles } from '../pki/key-files.js';
import { writeResult } from '../pki/output.js';
import { pkiAction } from '../pki/pki-action.js';
import {
  type AddressOptions,
  addAddressOptions,
  addLifetime,
  addOutDir,
  type LifetimeOptions,
  lifetimeOf,
  type OutDirOptions,
} from '../pki/pki-options.js';
import { examples } from './help.js';
import { kindArgument } from './pki-issue.js';

interface SignOptions extends AddressOptions, LifetimeOptions, OutDirOptions {}

/** `routefleet pki csr` and `routefleet pki sign` */
export function addPkiRequest(pki: Command, context: CommandContext): void {
  const csr = pki
    .command('csr')
    .summary('make a key and a request, where the key is used')
    .description(
      'Makes a key on this machine, <name>-key.pem, and a request, <name>.csr, to be signed where the authority is. Needs no authority.',
    )
    .addArgument(kindArgument())
    .argument('<name>', 'name of the host, or of the controller');
  addOutDir(csr)
    .addHelpText('after', examples('routefleet pki csr controller alice'))
    .action(
      pkiAction(context, async (kind: 'agent' | 'controller', text: string, options: OutDirOptions, self: Command) => {
        const name = canonicalName(text);
        const files = identityFiles(name, options);
        refuseToReplace([files.request, files.key], options);
        const { key, request } = await createCertificateRequest({ kind, name });
        await writeFiles({ [files.key]: key, [files.request]: request }, options);
        writeResult(context.io, self, `key: ${files.key}\nrequest: ${files.request}\n`, {
          kind,
          name,
          key: files.key,
          request: files.request,
        });
      }),
    );

  const sign = pki
    .command('sign')
    .summary('make a certificate for a request')
    .description(
      'Makes a certificate for a request (PKCS #10) of this or another program, <name>.pem. What it says is what is given here; a request that names others is refused.',
    )
    .argument('<request>', 'file of the request, PEM')
    .addArgument(kindArgument())
    .argument('<name>', 'name of the host, or of the controller');
  addOutDir(addLifetime(addAddressOptions(sign), '90d'))
    .addHelpText('after', examples('routefleet pki sign web1.csr agent web1 --dns web1.example.net'))
    .action(
      pkiAction(context, async (path: string, kind: 'agent' | 'controller', text: string, options: SignOptions, self: Command) => {
        const subject = { ...canonicalSubject({ kind, name: text, dnsNames: options.dns, ipAddresses: options.ip }), kind };
        const lifetimeMs = lifetimeOf(options);
        const files = identityFiles(subject.name, options);
        refuseToReplace([files.certificate], options);
        const publicKey = await checkRequest(await readGiven(path), subject);
        await certify(context.io, self, { subject, publicKey, lifetimeMs }, options);
      }),
    );
}
