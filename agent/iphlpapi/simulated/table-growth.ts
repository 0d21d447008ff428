import type { BulkRoutes } from './bulk-routes.js';

/** Another program that adds routes between the two calls of GetIpForwardTable. */
export class TableGrowth {
  readonly #bulk: BulkRoutes;
  #times = 0;
  #rows = 0;

  constructor(bulk: BulkRoutes) {
    this.#bulk = bulk;
  }

  /** After each of the next `times` answers of a size, `rows` rows are added. */
  arm(times: number, rows: number): void {
    this.#times = times;
    this.#rows = rows;
  }

  afterSizeAnswer(): void {
    if (this.#times === 0) return;
    this.#times--;
    this.#bulk.add(this.#rows);
  }
}
