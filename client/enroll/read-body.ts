import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { maxRequestBytes } from '../../proto/enrolment.js';
import { EnrolmentError } from './enrolment-error.js';

/**
 * Reads a JSON body. What it holds is a secret: no message repeats any of it.
 *
 * @throws EnrolmentError BAD_REQUEST
 */
export async function readBody<T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  if (Number(request.headers['content-length'] ?? 0) > maxRequestBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      bytes += chunk.length;
      if (bytes > maxRequestBytes) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof EnrolmentError ? error : bad('the body ended early', 'send it again');
  }
  const body = schema.safeParse(parse(Buffer.concat(chunks).toString('utf8')));
  if (body.success) return body.data;
  throw bad('the body is not JSON with the members of this request', 'see docs/security.md for them');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tooLarge(): EnrolmentError {
  return bad(`the body is larger than ${maxRequestBytes} bytes`, 'send a request for one certificate alone');
}

function bad(message: string, remedy: string): EnrolmentError {
  return new EnrolmentError('BAD_REQUEST', message, remedy);
}
