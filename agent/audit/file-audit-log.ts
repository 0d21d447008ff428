import type { Logger } from 'pino';
import { RouteTableError } from '../routes/errors.js';
import type { AuditEntry, AuditLog, WriteOptions } from './audit.js';
import type { ChainFile } from './chain-file.js';
import { auditUnavailable } from './failures.js';
import { type AuditFiles, auditPaths, closedFiles, nodeAuditFiles } from './files.js';
import type { Facts } from './line.js';
import { beginFile, type ChainPlace, type KnownChain, openChain } from './open-chain.js';

/** Where an audit log is, and what it needs. */
export interface FileAuditLogOptions {
  /** State directory of the agent, which exists and which no other agent uses. */
  readonly stateDirectory: string;
  readonly log: Pick<Logger, 'error' | 'warn'>;
  /** Default: the file system of the host. */
  readonly files?: AuditFiles;
  /** Milliseconds since 1970. Default: the clock of the host. */
  readonly now?: () => number;
  /** Length from which on the next file is begun. Default 16 MiB. */
  readonly maxBytes?: number;
  /** Files that are kept, at least 2. Default 20. */
  readonly keepFiles?: number;
  /** Entries after which they are signed. Default 100. */
  readonly linesPerHead?: number;
  /** Time after which they are signed, if there are fewer. Default 60 s. */
  readonly headIntervalMs?: number;
}

/** Entries that wait while the disk is slow; more are lost, and counted. */
const maxWaiting = 10_000;
/** After a failure, entries that nothing depends on are lost for so long without another attempt. */
const retryAfterMs = 1000;

/** An entry on its way. */
interface Waiting {
  readonly entry: Facts;
  readonly durable: boolean;
  resolve(): void;
  reject(error: RouteTableError): void;
}

/** Entries that could not be written. */
interface Lost {
  readonly entries: number;
  /** ISO 8601. */
  readonly since: string;
  readonly cause: string;
}

/** The log in the directory `audit` of the state directory: made, and opened, with the first entry. */
export class FileAuditLog implements AuditLog {
  readonly #place: ChainPlace;
  readonly #options: Required<Pick<FileAuditLogOptions, 'log' | 'now' | 'maxBytes' | 'linesPerHead' | 'headIntervalMs'>>;
  #chain: ChainFile | undefined;
  #known: KnownChain | undefined;
  /** Ends with the last call so far; never rejects. */
  #queue: Promise<unknown> = Promise.resolve();
  readonly #waiting: Waiting[] = [];
  #closed = false;
  /** Why the last attempt failed, and when it was. */
  #failure: { readonly error: RouteTableError; readonly at: number } | undefined;
  #lost: Lost | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor({
    stateDirectory,
    log,
    files = nodeAuditFiles,
    now = Date.now,
    maxBytes = 16 * 1024 * 1024,
    keepFiles = 20,
    linesPerHead = 100,
    headIntervalMs = 60_000,
  }: FileAuditLogOptions) {
    this.#place = { files, paths: auditPaths(stateDirectory), keepFiles, time: () => new Date(now()).toISOString() };
    this.#options = { log, now, maxBytes, linesPerHead, headIntervalMs };
  }

  async write(entry: AuditEntry, { durable = false }: WriteOptions = {}): Promise<void> {
    if (this.#closed) throw new Error('the audit log is closed');
    if (!durable && this.#waiting.length >= maxWaiting) throw this.#lose(this.#fail(new Error(`${maxWaiting} entries wait already`)));
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ entry, durable, resolve, reject });
      if (this.#waiting.length === 1) void this.#enqueue(() => this.#writeAll());
    });
  }

  async check(): Promise<void> {
    if (this.#failure === undefined) return;
    await this.#enqueue(async () => {
      const recent = this.#recentFailure();
      if (recent !== undefined) throw recent;
      try {
        await this.#ready();
      } catch (cause) {
        throw this.#fail(cause);
      }
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#enqueue(async () => {
      await this.#sign();
      await this.#drop();
    });
  }

  #enqueue(action: () => Promise<void>): Promise<void> {
    const result = this.#queue.then(action);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) await this.#writeSome();
  }

  /** All that wait, up to the next head, in one write: the entry that a commit waits for is not held up by those of a hundred other calls. */
  async #writeSome(): Promise<void> {
    const recent = this.#waiting.some(({ durable }) => durable) ? undefined : this.#recentFailure();
    let batch: readonly Waiting[] = [];
    try {
      if (recent !== undefined) throw recent;
      // Everything that may fail comes before the entries: one that was refused does not stand in the file.
      const chain = await this.#ready();
      batch = this.#waiting.splice(0, Math.max(1, this.#options.linesPerHead - chain.unsigned));
      await chain.put(
        batch.map(({ entry }) => entry),
        batch.some(({ durable }) => durable),
      );
      this.#remember(chain);
    } catch (cause) {
      const error = recent ?? this.#fail(cause);
      if (batch.length === 0) batch = this.#waiting.splice(0);
      for (const { reject } of batch) reject(this.#lose(error));
      return;
    }
    for (const { resolve } of batch) resolve();
  }

  /** The file, with a line about what could not be written before. */
  async #ready(): Promise<ChainFile> {
    let chain = await this.#open();
    if (chain.unsigned >= this.#options.linesPerHead) await chain.sign();
    if (chain.length >= this.#options.maxBytes) chain = await this.#rotate(chain);
    if (this.#lost !== undefined) await chain.put([{ type: 'lost', ...this.#lost }]);
    this.#remember(chain);
    if (this.#failure !== undefined) this.#options.log.warn({ lost: this.#lost?.entries ?? 0 }, 'the audit log is written again');
    this.#lost = undefined;
    this.#failure = undefined;
    return chain;
  }

  async #open(): Promise<ChainFile> {
    if (await this.#chain?.isUsable()) return this.#chain as ChainFile;
    await this.#drop();
    const { chain, key } = await openChain(this.#place, this.#known);
    this.#chain = chain;
    this.#known = { key, last: chain.last };
    return chain;
  }

  async #rotate(chain: ChainFile): Promise<ChainFile> {
    const { files, paths } = this.#place;
    await chain.sign();
    this.#remember(chain);
    // Windows does not rename a file that is open.
    await this.#drop();
    await files.rename(paths.current, paths.closed(chain.firstSeq));
    const closed = closedFiles(await files.list(paths.directory));
    this.#chain = await beginFile(this.#place, (this.#known as KnownChain).key, chain.last, closed);
    return this.#chain;
  }

  async #drop(): Promise<void> {
    const chain = this.#chain;
    this.#chain = undefined;
    await chain?.close().catch(() => undefined);
  }

  #remember({ last, unsigned }: ChainFile): void {
    this.#known = this.#known && { ...this.#known, last };
    if (unsigned > 0 && !this.#closed) this.#timer ??= setTimeout(() => this.#signInTime(), this.#options.headIntervalMs).unref();
  }

  #signInTime(): void {
    this.#timer = undefined;
    void this.#enqueue(() => this.#sign());
  }

  /** What fails here is tried again with the next entry. */
  async #sign(): Promise<void> {
    try {
      await this.#chain?.sign();
      if (this.#chain !== undefined) this.#remember(this.#chain);
    } catch (cause) {
      this.#fail(cause);
    }
  }

  #recentFailure(): RouteTableError | undefined {
    return this.#failure !== undefined && this.#options.now() - this.#failure.at < retryAfterMs ? this.#failure.error : undefined;
  }

  #fail(cause: unknown): RouteTableError {
    const error = cause instanceof RouteTableError ? cause : auditUnavailable(this.#place.paths.directory, cause);
    if (this.#failure === undefined) this.#options.log.error({ remedy: error.remedy }, error.message);
    this.#failure = { error, at: this.#options.now() };
    return error;
  }

  #lose(error: RouteTableError): RouteTableError {
    const { entries, since, cause } = this.#lost ?? { entries: 0, since: this.#place.time(), cause: error.facts.code ?? '' };
    this.#lost = { entries: entries + 1, since, cause };
    return error;
  }
}
