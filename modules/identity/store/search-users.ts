import { sql, type Expression } from 'kysely'
import { isId } from '#platform/values'

/** The users whose name or e-mail begins with the text, or whose Telegram id or id it is. Each part has an index. */
export function idsThatMatch(search: string): Expression<string> {
  const text = search.trim()
  const prefix = `${text.toLowerCase().replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  return sql<string>`(
    select user_id from identity.identities where provider = 'email' and subject like ${prefix}
    union select user_id from identity.identities where provider = 'telegram' and subject = ${text}
    union select id from identity.users where lower(name collate "und-x-icu") collate "C" like ${prefix}
    union select id from identity.users where id = ${isId(text) ? text : null}::uuid)`
}
