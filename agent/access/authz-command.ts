import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { PeerCertificate } from 'node:tls';
import { Command, Option } from 'commander';
import { parseAddress, unspecifiedAddress } from '../../proto/address.js';
import { parsePrefix } from '../../proto/prefix.js';
import type { Risk } from '../commits/change.js';
import { checkGrant, type Grant } from '../commits/grant.js';
import { ConfigError } from '../config-error.js';
import { RouteTableError } from '../routes/errors.js';
import { decideAccess } from './decide.js';
import { identityOf, type PeerIdentity } from './peer-identity.js';
import { type Policy, parsePolicy, ruleOf } from './policy.js';
import { noRevocations, parseRevocations, type Revocations } from './revocations.js';
import { type RpcName, rpcOf, rpcRoles } from './rpc-rights.js';

interface AuthzOptions {
  readonly authorization: string;
  readonly cert: string;
  readonly rpc: string;
  readonly tlsCa?: string;
  readonly tlsCrl?: string;
  readonly prefix?: string;
  readonly interface?: string;
  readonly owner: string;
  readonly acceptRisk?: Risk;
}

const risks: readonly Risk[] = ['management-path', 'default-route', 'other-owner'];

/**
 * `routefleet-agent authz test`: explains what a certificate may do by the rules of this host. Nothing is called.
 *
 * @returns text for standard output, and whether it may be done
 * @throws ConfigError, InvalidValueError, or commander's CommanderError
 */
export async function runAuthz(args: readonly string[]): Promise<{ readonly text: string; readonly allowed: boolean }> {
  const command = new Command('routefleet-agent authz')
    .description('Explains decisions of the authorization file.')
    .showHelpAfterError('Remedy: see routefleet-agent authz test --help.')
    .exitOverride();
  let outcome = { text: '', allowed: false };
  command
    .command('test')
    .description(
      'Says whether a certificate may make a call, by which rule, and with --prefix whether it may write such a row. Exit code 1: it may not.',
    )
    .requiredOption('--authorization <file>', 'rules, YAML')
    .requiredOption('--cert <file>', 'certificate of the caller, PEM')
    .requiredOption('--rpc <name>', Object.keys(rpcRoles).join(', '))
    .option('--tls-ca <file>', 'authority, to check --tls-crl with')
    .option('--tls-crl <file>', 'revocation lists, PEM')
    .option('--prefix <prefix>', 'a row that is written')
    .option('--interface <alias>', 'on which interface')
    .option('--owner <owner>', 'for which owner', '')
    .addOption(new Option('--accept-risk <risk>', 'accepting which risk').choices(risks))
    .exitOverride()
    .action(async (options: AuthzOptions) => {
      outcome = await explain(options);
    });
  await command.parseAsync(args, { from: 'user' });
  return outcome;
}

async function explain(options: AuthzOptions): Promise<{ readonly text: string; readonly allowed: boolean }> {
  const { authorization, cert, rpc: name } = options;
  const rpc = rpcOf(name);
  if (rpc === undefined) throw new ConfigError(`--rpc: there is no "${name}"`, `give one of ${Object.keys(rpcRoles).join(', ')}`);
  const policy = parsePolicy(read('--authorization', authorization), authorization);
  const identity = identityIn(cert);
  const lines = [`identity: ${identity.name || '(the certificate names nobody)'}, serial number ${identity.serialNumber}`];
  try {
    const grant = decideAccess({ policy, isRevoked: (await revocationsOf(options)).isRevoked }, rpc, identity, Date.now());
    lines.push(...ruleLines(policy, identity, authorization), `${rpc}: allowed (it needs ${rpcRoles[rpc]})`);
    lines.push(...rowLines(options, rpc, grant));
    return { text: `${lines.join('\n')}\n`, allowed: true };
  } catch (error) {
    if (!(error instanceof RouteTableError)) throw error;
    lines.push(`denied: ${error.message} (${error.reason})`, `remedy: ${error.remedy}`);
    return { text: `${lines.join('\n')}\n`, allowed: false };
  }
}

function ruleLines(policy: Policy, { name }: PeerIdentity, source: string): string[] {
  const found = ruleOf(policy, name);
  return found === undefined ? [] : [`rule ${found.number} of ${source}: ${found.rule.identities.join(', ')}: ${found.rule.role}`];
}

/** @throws RouteTableError when the row may not be written */
function rowLines({ prefix, interface: alias, owner, acceptRisk }: AuthzOptions, rpc: RpcName, grant: Grant): string[] {
  if (prefix === undefined) return [];
  if (rpcRoles[rpc] === 'viewer') return [`${prefix}: ${rpc} writes nothing`];
  if (alias === undefined && grant.interfaces !== undefined) {
    throw new ConfigError(`--prefix without --interface: the rule is for ${grant.interfaces.globs.join(', ')} alone`, 'give --interface');
  }
  const destinationPrefix = parsePrefix(prefix);
  const key = { destinationPrefix, nextHop: parseAddress(unspecifiedAddress[destinationPrefix.family]), interface: { index: 0, luid: 0n } };
  const interfaces = new Map([[0n, { alias: alias ?? '' }]]);
  checkGrant(
    grant,
    { owner },
    { acceptedRisks: new Set(acceptRisk && [acceptRisk]) },
    { steps: [{ kind: 'create', key, receipt: undefined, registryValues: [] }] },
    { interfaces },
  );
  return [`${prefix}: allowed`];
}

async function revocationsOf({ tlsCrl, tlsCa }: AuthzOptions): Promise<Revocations> {
  if (tlsCrl === undefined) return noRevocations;
  if (tlsCa === undefined) throw new ConfigError('--tls-crl needs --tls-ca', 'give the authority that signed the list');
  return parseRevocations(read('--tls-crl', tlsCrl), tlsCrl, read('--tls-ca', tlsCa));
}

function identityIn(path: string): PeerIdentity {
  const pem = read('--cert', path);
  try {
    return identityOf(new X509Certificate(pem).toLegacyObject() as unknown as PeerCertificate);
  } catch (cause) {
    throw new ConfigError(`--cert: ${path} holds no certificate: ${(cause as Error).message}`, 'give a certificate in PEM', cause);
  }
}

function read(setting: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigError(`${setting}: ${(cause as Error).message}`, 'check the path', cause);
  }
}
