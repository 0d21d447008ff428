/**
 * tsyringe, through which \@peculiar/x509 finds its algorithms, refuses to load without the reflect-metadata polyfill, and does not bring
 * it along. None of the classes in question has decorator metadata, so "there is none" is a full answer.
 * https://github.com/PeculiarVentures/x509#installation
 */
if (!('getMetadata' in Reflect)) {
  Object.assign(Reflect, { getMetadata: () => undefined, getOwnMetadata: () => undefined, defineMetadata: () => undefined });
}
