import * as z from 'zod';

/** Where requests are posted to. */
export const enrolmentPaths = { enroll: '/v1/enroll', renew: '/v1/renew' } as const;

/** Port of the enrolment server when none is named. */
export const defaultEnrolmentPort = 7421;

/** Largest body of a request in bytes. */
export const maxRequestBytes: number = 64 * 1024;
/** Largest body of an answer in bytes; revocation lists grow. */
export const maxAnswerBytes: number = 4 * 1024 * 1024;

const pem = z.string().min(1).max(32_768);

/** Body of `POST /v1/enroll`. */
export const enrollRequestSchema: z.ZodType<{ readonly token: string; readonly request: string }> = z.strictObject({
  /** Shown once by "routefleet enroll token create". */
  token: z.string().min(1).max(200),
  /** PKCS #10, PEM. */
  request: pem,
});

/** Body of `POST /v1/renew`; who asks is told by the certificate of the connection. */
export const renewRequestSchema: z.ZodType<{ readonly request: string }> = z.strictObject({ request: pem });

/** Answer to both. */
export interface EnrolmentAnswer {
  /** PEM. */
  readonly certificate: string;
  /** Every CA that is trusted now, PEM. */
  readonly ca: string;
  /** Their revocation lists, PEM. */
  readonly crl: string;
}

/** Codec of {@link EnrolmentAnswer}. */
export const enrolmentAnswerSchema: z.ZodType<EnrolmentAnswer> = z.object({
  certificate: z.string().min(1),
  ca: z.string().min(1),
  crl: z.string(),
});

const enrolmentRefusals = [
  /** The body is no JSON, lacks a member, is too large or too slow. */
  'BAD_REQUEST',
  /** The request for a certificate cannot be read, or its signature or key is no good. */
  'BAD_CERTIFICATE_REQUEST',
  /** No such token: never made, or withdrawn. */
  'TOKEN_UNKNOWN',
  'TOKEN_USED',
  'TOKEN_EXPIRED',
  /** The request names another host or other names than the token or the old certificate. */
  'NAME_MISMATCH',
  /** Renewal without a certificate of this authority that is valid now. */
  'CERTIFICATE_REQUIRED',
  'CERTIFICATE_REVOKED',
  /** Renewal is for agents. */
  'NOT_AN_AGENT',
  /** Something stands in the way on the server. */
  'SERVER_FAILED',
] as const;

/** Why an enrolment server refuses. */
export type EnrolmentRefusal = (typeof enrolmentRefusals)[number];

/** Body of an answer that is not 200. */
export const refusalSchema: z.ZodType<{ readonly code: EnrolmentRefusal; readonly message: string; readonly remedy: string }> = z.object({
  code: z.enum(enrolmentRefusals),
  message: z.string().max(1000),
  remedy: z.string().max(1000),
});
