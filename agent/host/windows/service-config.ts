import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type AgentConfig, parseConfig } from '../../config.js';
import { ConfigError } from '../../config-error.js';

const pathSettings = ['tlsCertificate', 'tlsKey', 'tlsCa', 'tlsCrl', 'authorization', 'iphlpapi', 'stateDir'] as const;

/** The only place from which the service takes settings. */
export function serviceConfigPath(directory: string): string {
  return join(directory, 'config.yaml');
}

/**
 * The settings of the service: those of the file alone, so that nobody has a say in them who may not write it. Relative paths count from its directory, and
 * the state is kept there unless the file says otherwise.
 *
 * @throws ConfigError
 */
export function readServiceConfig(directory: string): AgentConfig {
  const path = serviceConfigPath(directory);
  if (!existsSync(path)) {
    throw new ConfigError(`the configuration file ${path} is missing`, 'run "routefleet-agent service install", which makes one, elevated');
  }
  const { config } = parseConfig(['--config', path], {});
  const paths = pathSettings.flatMap((name) => {
    const value = config[name];
    return value === undefined ? [] : [[name, resolve(directory, value)] as const];
  });
  return { ...config, stateDir: directory, ...Object.fromEntries(paths) };
}

/** The file that an installation begins with: every line a comment, so that the defaults hold. */
export const starterConfig = `# Settings of the service routefleet-agent. They are read when it starts: routefleet-agent service stop, then start.
# Every long flag of "routefleet-agent --help" can stand here: --log-level as logLevel. Relative paths count from this directory.
# Only SYSTEM and Administrators may write this file; otherwise the service does not start.

# listen: 0.0.0.0:7420

# Certificates, unless the agent got its own by "routefleet-agent enroll":
# tlsCertificate: tls/agent.pem
# tlsKey: tls/agent-key.pem
# tlsCa: tls/ca.pem
# tlsCrl: tls/crl.pem

# Who may do what, see docs/security.md:
# authorization: authorization.yaml

# drainTimeoutSeconds: 10
# logLevel: info
`;
