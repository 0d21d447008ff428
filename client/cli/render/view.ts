/** A column of a table for people. */
export interface Column<Row> {
  /** Plain upper case. */
  readonly header: string;
  /** Undefined shows as "-". */
  readonly text: (row: Row) => string | number | undefined;
  /** Figures line up at the right. Default left. */
  readonly align?: 'left' | 'right';
}

/** How rows of one kind are shown. */
export interface View<Row extends object> {
  readonly columns: readonly Column<Row>[];
  /** Members of a row that machine-readable forms hold, in order. */
  readonly fields: readonly (keyof Row & string)[];
}

/** A row and the host that it is of. */
export interface HostRow<Row> {
  readonly host: string;
  readonly row: Row;
}
