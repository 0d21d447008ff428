import type { SecurityFiles } from '../access/security-files.js';
import { type AgentConfig, securityFilesOf } from '../config.js';
import { ConfigError } from '../config-error.js';
import { findEnrolment } from './enrolment-files.js';
import { starterRulesPath } from './starter-rules.js';

/**
 * The files that decide who gets in: those of the settings or, where none are named, those of an enrolment.
 *
 * @param stateDirectory - undefined: there is none that lasts
 * @returns undefined: plaintext
 * @throws ConfigError when there are none, EnrollError FILES
 */
export async function findSecurityFiles(config: AgentConfig, stateDirectory: string | undefined): Promise<SecurityFiles | undefined> {
  const given = securityFilesOf(config);
  if (given !== undefined || config.insecure) return given;
  const enrolment = stateDirectory === undefined ? undefined : await findEnrolment(stateDirectory);
  if (stateDirectory === undefined || enrolment === undefined) {
    throw new ConfigError(
      'mutual TLS needs a certificate, its key and the authority of the clients',
      'enroll ("routefleet-agent enroll"), or give --tls-certificate, --tls-key, --tls-ca and --authorization; for a trial on loopback --insecure',
    );
  }
  const { certificate, key, ca, crl } = enrolment;
  return {
    tlsCertificate: certificate,
    tlsKey: key,
    tlsCa: ca,
    tlsCrl: config.tlsCrl ?? crl,
    authorization: config.authorization ?? starterRulesPath(stateDirectory),
  };
}
