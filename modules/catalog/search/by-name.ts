import { sql } from 'kysely'
import type { Locale } from '#platform/values'

/** Names in the order of an alphabet, Ё with Е and great letters with small ones: the database's own order is that of bytes. */
export const byName = (locale: Locale) => sql`(name ->> ${locale}) collate "und-x-icu"`
