import { sql } from 'kysely'
import { deletedRows, type DeleteBatch } from '#platform/jobs'
import { after, days, type Clock } from '#platform/values'
import type { IdentityDb } from '../store/tables.ts'

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

/** Deletes codes of mails and proofs of Telegram that have expired. */
export const deleteExpiredProofs =
  ({ db, now }: Needs): DeleteBatch =>
  async (limit) => {
    const codes = deletedRows(await codeDeletion(now(), limit).execute(db))
    const proofs = deletedRows(await proofDeletion(now(), limit).execute(db))
    return Math.max(codes, proofs)
  }

const codeDeletion = (before: Date, limit: number) => sql`
  delete from identity.mail_codes where hash in (
    select hash from identity.mail_codes where expires_at < ${before} order by expires_at limit ${limit}
  )`

const proofDeletion = (before: Date, limit: number) => sql`
  delete from identity.telegram_proofs where hash in (
    select hash from identity.telegram_proofs where expires_at < ${before} order by expires_at limit ${limit}
  )`
