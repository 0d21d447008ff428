/** What can be said about any call. */
export interface CallOptions {
  /** Aborting it cancels the call, which then fails with code CANCELLED and `signal.reason` as its cause. */
  readonly signal?: AbortSignal | undefined;
  /** Time for the whole call, in milliseconds. Default: that of the client. */
  readonly timeoutMs?: number | undefined;
}

/** What can be said about any write. */
export interface WriteCallOptions extends CallOptions {
  /** Check everything and write nothing. Default false. */
  readonly validateOnly?: boolean | undefined;
  /** Refuse with ABORTED / REVISION_MISMATCH unless the table still has this revision. Default: any. */
  readonly expectedRevision?: bigint | undefined;
}

/** How a row is created. */
export interface CreateRouteOptions extends WriteCallOptions {
  /** A row with this key that is already as asked is a success; one that differs still fails with ALREADY_EXISTS. Default false. */
  readonly allowExisting?: boolean | undefined;
}

/** How a row is changed. */
export interface SetRouteOptions extends WriteCallOptions {
  /** Refuse with ABORTED / ETAG_MISMATCH unless the row still has this etag. Default: any. */
  readonly etag?: string | undefined;
}

/** How a row is deleted. */
export interface DeleteRouteOptions extends SetRouteOptions {
  /** No such row is a success. Default false. */
  readonly allowMissing?: boolean | undefined;
}
