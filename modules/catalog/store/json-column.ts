import type { ColumnType } from 'kysely'

/** A jsonb column: read as its content, written as JSON text. */
export type JsonColumn<Content> = ColumnType<Content, string, string>
