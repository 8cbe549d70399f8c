import { sql } from 'kysely'
import { deletedRows, type DeleteBatch } from '#platform/jobs'
import { after, days, type Clock } from '#platform/values'
import type { IdentityDb } from '../../store/tables.ts'

type Needs = Readonly<{ db: IdentityDb; now: Clock }>

/** How long a session stays after it expired, for the investigation of a theft. */
const retention = days(30)

/** Deletes sessions, with their refresh tokens, thirty days after they expired. */
export const deleteExpiredSessions =
  ({ db, now }: Needs): DeleteBatch =>
  async (limit) =>
    deletedRows(await deletion(after(now(), -retention), limit).execute(db))

const deletion = (before: Date, limit: number) => sql`
  delete from identity.sessions where id in (
    select id from identity.sessions where expires_at < ${before} order by expires_at limit ${limit}
  )`

/** Deletes codes, proofs and logins of Telegram and tokens of merges that have expired. */
export const deleteExpiredProofs =
  ({ db, now }: Needs): DeleteBatch =>
  async (limit) => {
    const codes = deletedRows(await codeDeletion(now(), limit).execute(db))
    const proofs = deletedRows(await proofDeletion(now(), limit).execute(db))
    const links = deletedRows(await linkDeletion(now(), limit).execute(db))
    const tokens = deletedRows(await tokenDeletion(now(), limit).execute(db))
    const logins = deletedRows(await loginDeletion(now(), limit).execute(db))
    return Math.max(codes, proofs, links, tokens, logins)
  }

/** Deletes the records of merges that are final, and the name and the password of each account that stays merged. */
export const deleteFinalMerges =
  ({ db, now }: Needs): DeleteBatch =>
  async (limit) =>
    (await mergeDeletion(now(), limit).execute(db)).rows.length

const codeDeletion = (before: Date, limit: number) => sql`
  delete from identity.mail_codes where hash in (
    select hash from identity.mail_codes where expires_at < ${before} order by expires_at limit ${limit}
  )`

const proofDeletion = (before: Date, limit: number) => sql`
  delete from identity.telegram_proofs where hash in (
    select hash from identity.telegram_proofs where expires_at < ${before} order by expires_at limit ${limit}
  )`

const linkDeletion = (before: Date, limit: number) => sql`
  delete from identity.email_links where session_id in (
    select session_id from identity.email_links where expires_at < ${before} order by expires_at limit ${limit}
  )`

const tokenDeletion = (before: Date, limit: number) => sql`
  delete from identity.merge_tokens where hash in (
    select hash from identity.merge_tokens where expires_at < ${before} order by expires_at limit ${limit}
  )`

const mergeDeletion = (before: Date, limit: number) => sql`
  with final as (
    delete from identity.merges where id in (
      select id from identity.merges where revertible_until < ${before} order by revertible_until limit ${limit}
    ) returning from_id, reverted_at
  ), merged as (
    update identity.users set name = '' from final where users.id = final.from_id and final.reverted_at is null
  ), passwords as (
    delete from identity.credentials using final where user_id = final.from_id and final.reverted_at is null
  )
  select from_id from final`

const loginDeletion = (before: Date, limit: number) => sql`
  delete from identity.deeplink_logins where token_hash in (
    select token_hash from identity.deeplink_logins where expires_at < ${before} order by expires_at limit ${limit}
  )`
