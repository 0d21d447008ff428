/** Placeholder until the server is there: fixes the signature for those who write against it. */
export interface TestAgentOptions {
  /** Name of a simulated profile. Default "office". */
  readonly profile?: string;
  readonly hostName?: string;
  /** 1 to 250; makes addresses and GUIDs differ between hosts of one profile. Default 1. */
  readonly hostNumber?: number;
  /** PEM texts; without them the agent listens in plaintext on loopback. */
  readonly tls?: { readonly certificate: string; readonly key: string; readonly ca: string };
}

export interface TestAgent {
  /** "127.0.0.1:54321" */
  readonly address: string;
  close(): Promise<void>;
}

export function startTestAgent(_options: TestAgentOptions = {}): Promise<TestAgent> {
  return Promise.reject(new Error('not there yet'));
}
