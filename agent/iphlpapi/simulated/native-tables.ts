import type { TableResult } from '../iphlpapi.js';
import { MIB_TABLE2 } from '../layout.js';
import { dataView } from '../row-codec.js';
import { Win32 } from '../win32-error.js';

/** What memory holds after free, as the debug heap of Windows fills it. */
const FREED = 0xdd;

/** Writes a row into the memory of a table, which it gets as a view and as bytes. */
export type RowEncoder<T> = (view: DataView, offset: number, row: T, bytes: Uint8Array) => void;

/** Allocates tables of the …2 family, and knows which of them were not freed. */
export class NativeTables {
  #open = 0;
  readonly #onFree: () => void;

  constructor(onFree: () => void) {
    this.#onFree = onFree;
  }

  get open(): number {
    return this.#open;
  }

  /** A table of the rows; `encode` writes each at its offset. */
  allocate<T>(rows: readonly T[], rowSize: number, encode: RowEncoder<T>): TableResult {
    const bytes = new Uint8Array(MIB_TABLE2.Table + rows.length * rowSize);
    const view = dataView(bytes);
    view.setUint32(MIB_TABLE2.NumEntries, rows.length, true);
    for (const [index, row] of rows.entries()) encode(view, MIB_TABLE2.Table + index * rowSize, row, bytes);
    this.#open++;
    let freed = false;
    const free = (): void => {
      // Windows would corrupt its heap without a word; here it must be seen.
      if (freed) throw new Error('FreeMibTable was called twice for the same table');
      freed = true;
      this.#open--;
      this.#onFree();
      bytes.fill(FREED);
    };
    return { code: Win32.NO_ERROR, table: { bytes, free } };
  }
}
