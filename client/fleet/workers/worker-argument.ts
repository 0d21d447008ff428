/** First argument of a single executable that is to be a worker: it has no other file to start. */
export const workerArgument = '--routefleet-worker';
