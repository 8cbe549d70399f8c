/** A row as a response has it: times are texts. */
export type ViewOf<Row> = {
  [Name in keyof Row]: Row[Name] extends Date ? string : Row[Name] extends Date | null ? string | null : Row[Name]
}

/** Turns the times of a row into texts. */
export const viewOf = <Row extends object>(row: Row): ViewOf<Row> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]: [string, unknown]) => [
      name,
      value instanceof Date ? value.toISOString() : value,
    ]),
  ) as ViewOf<Row>

/** The same for the items of a page. */
export const pageViewOf = <Page extends Readonly<{ items: readonly object[] }>>(page: Page) => ({
  ...page,
  items: page.items.map(viewOf) as ViewOf<Page['items'][number]>[],
})
