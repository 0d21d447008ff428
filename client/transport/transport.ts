/** A method of the service, as the generated code describes it. */
export interface Method<Request, Response> {
  /** "/routefleet.v1.RouteService/GetAgent" */
  readonly path: string;
  readonly requestSerialize: (value: Request) => Buffer;
  readonly responseDeserialize: (value: Buffer) => Response;
}

/** The bounds of one call. */
export interface CallLimits {
  readonly signal: AbortSignal | undefined;
  /** Undefined: as long as it takes. */
  readonly timeoutMs: number | undefined;
}

/** PORT: what the SDK needs of a connection. Every failure is a RouteError. */
export interface Transport {
  /** "10.0.0.2:7420" */
  readonly address: string;
  /** Aborted by `close()`. */
  readonly closed: AbortSignal;
  unary<Request, Response>(method: Method<Request, Response>, request: Request, limits: CallLimits): Promise<Response>;
  /** The call begins with the first `next()`; ending the iteration early cancels it. Messages are read as they are taken. */
  serverStream<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    limits: CallLimits,
  ): AsyncGenerator<Response, void, undefined>;
  /**
   * Like `serverStream`, with any number of requests. They are sent no faster than the agent takes them, while answers are read; an agent that
   * answers before it has all of them is no failure.
   */
  duplexStream<Request, Response>(
    method: Method<Request, Response>,
    requests: Iterable<Request>,
    limits: CallLimits,
  ): AsyncGenerator<Response, void, undefined>;
  /** The same agent over a connection that is opened with the first call. Whoever asked closes it; closing this one also does. */
  fresh(): Transport;
  /** Cancels what is open and closes the connection. Resolves when nothing of it is left, after a second at most; never rejects. */
  close(): Promise<void>;
}
