import { request } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import { type EnrolmentAnswer, enrolmentAnswerSchema, maxAnswerBytes, refusalSchema } from '../../proto/enrolment.js';
import { EnrollError } from './enroll-error.js';
import { unreachable } from './pinned-ca.js';
import { formatServer, type ServerAddress } from './server-address.js';

/** A request to an enrolment server. */
export interface EnrolmentPost {
  readonly server: ServerAddress;
  readonly path: string;
  readonly body: object;
  /** The CAs that are trusted, and for a renewal the certificate and key of this side. */
  readonly tls: Pick<SecureContextOptions, 'ca' | 'cert' | 'key'>;
  readonly timeoutMs: number;
}

/**
 * Sends a request over TLS 1.3 to a server that the CAs stand behind, and reads the answer.
 *
 * @throws EnrollError UNREACHABLE, REFUSED, BAD_ANSWER
 */
export async function postEnrolment({ server, path, body, tls, timeoutMs }: EnrolmentPost): Promise<EnrolmentAnswer> {
  const { status, text } = await post({ server, path, body, tls, timeoutMs });
  const content = parse(text);
  if (status === 200) {
    const answer = enrolmentAnswerSchema.safeParse(content);
    if (answer.success) return answer.data;
    throw badAnswer(server, 'its answer holds no certificate');
  }
  const refusal = refusalSchema.safeParse(content);
  if (!refusal.success) throw badAnswer(server, `it answers ${status} and does not say why`);
  const { code, message, remedy } = refusal.data;
  throw new EnrollError('REFUSED', `${formatServer(server)} refuses (${code}): ${message}`, remedy);
}

/** An answer that no server of a fleet gives. */
export function badAnswer(server: ServerAddress, finding: string, cause?: unknown): EnrollError {
  return new EnrollError(
    'BAD_ANSWER',
    `the answer of ${formatServer(server)} is of no use: ${finding}`,
    'see that --server names an enrolment server, of the same version as this agent or newer',
    cause,
  );
}

function post({ server, path, body, tls, timeoutMs }: EnrolmentPost): Promise<{ readonly status: number; readonly text: string }> {
  const content = Buffer.from(JSON.stringify(body));
  return new Promise((resolve, reject) => {
    const call = request({
      ...server,
      path,
      method: 'POST',
      ...tls,
      minVersion: 'TLSv1.3',
      agent: false,
      headers: { 'content-type': 'application/json', 'content-length': content.length },
      signal: AbortSignal.timeout(timeoutMs),
    });
    call.once('error', (cause) => reject(unreachable(server, cause)));
    call.once('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes > maxAnswerBytes) response.destroy(badAnswer(server, `it is larger than ${maxAnswerBytes} bytes`));
      });
      response.once('error', (cause) => reject(cause instanceof EnrollError ? cause : unreachable(server, cause)));
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }));
    });
    call.end(content);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
