import type * as x509 from '@peculiar/x509';

/** The library that makes certificates. */
export type X509 = typeof x509;

/** Loads it on first use: it takes half a second, which no program shall pay that makes no certificate. */
export async function loadX509(): Promise<X509> {
  // tsyringe, through which @peculiar/x509 finds its algorithms, refuses to load without it.
  await import('reflect-metadata');
  return import('@peculiar/x509');
}
