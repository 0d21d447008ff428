import { Argument, type Command } from 'commander';
import { createCertificateRequest } from '../../../proto/certificate-request.js';
import { checkRequest } from '../../pki/check-request.js';
import { canonicalSubject } from '../../pki/issue.js';
import type { CommandContext } from '../command-context.js';
import { certify } from '../pki/certify.js';
import { identityFiles, refuseToReplace } from '../pki/key-files.js';
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

interface IssueCommandOptions extends AddressOptions, LifetimeOptions, OutDirOptions {}

/** What certificates are made for. */
export function kindArgument(): Argument {
  return new Argument('<kind>', 'who it is for').choices(['agent', 'controller']);
}

/** `routefleet pki issue` */
export function addPkiIssue(pki: Command, context: CommandContext): void {
  const issue = pki
    .command('issue')
    .summary('make a key and a certificate here')
    .description(
      'Makes a key and a certificate on this machine, <name>.pem and <name>-key.pem. So that a key never travels, use "routefleet enroll" or "pki csr" and "pki sign" instead.',
    )
    .addArgument(kindArgument())
    .argument('<name>', 'name of the host, or of the controller');
  addOutDir(addLifetime(addAddressOptions(issue), '90d'))
    .addHelpText(
      'after',
      examples(
        'routefleet pki issue controller alice',
        'routefleet pki issue agent web1 --dns web1.example.net --ip 10.0.0.2 --out-dir web1',
      ),
    )
    .action(
      pkiAction(context, async (kind: 'agent' | 'controller', text: string, options: IssueCommandOptions, self: Command) => {
        const subject = { ...canonicalSubject({ kind, name: text, dnsNames: options.dns, ipAddresses: options.ip }), kind };
        const lifetimeMs = lifetimeOf(options);
        const files = identityFiles(subject.name, options);
        refuseToReplace([files.certificate, files.key], options);
        const { key, request } = await createCertificateRequest(subject);
        const publicKey = await checkRequest(request, subject);
        await certify(context.io, self, { subject, publicKey, key, lifetimeMs }, options);
      }),
    );
}
