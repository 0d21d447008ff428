/** A column of a table for people. */
export interface Column<Row> {
  /** Plain upper case. */
  readonly header: string;
  /** Undefined shows as "-". */
  readonly text: (row: Row) => string | number | undefined;
  /** Figures line up at the right. Default left. */
  readonly align?: 'left' | 'right';
  /** Left out where no row has a text for it. */
  readonly onlyIfAny?: boolean;
}

/** How rows of one kind are shown. */
export interface View<Row extends object> {
  readonly columns: readonly Column<Row>[];
  /** Members of a row that machine-readable forms hold, in order. */
  readonly fields: readonly (keyof Row & string)[];
}

/** How one answer per host is shown where a table does not do. */
export interface DocumentView<Row extends object> {
  /** For people; ends with a line break. */
  readonly text: (row: HostRow<Row>, style: DocumentStyle) => string;
  /** For people, after all hosts. */
  readonly total?: (rows: readonly HostRow<Row>[]) => string;
  /** See {@link View.fields}. */
  readonly fields: readonly (keyof Row & string)[];
}

/** How documents are drawn. */
export interface DocumentStyle {
  readonly color: boolean;
}

/** A row and the host that it is of. */
export interface HostRow<Row> {
  readonly host: string;
  readonly row: Row;
}
