import { sql } from 'kysely'
import type { Locale } from '#platform/values'

/** Sorts names by the alphabet, Ё beside Е and upper case beside lower case. The database itself sorts by bytes. */
export const byName = (locale: Locale) => sql`(name ->> ${locale}) collate "und-x-icu"`
