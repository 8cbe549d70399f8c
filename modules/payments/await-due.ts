import { setTimeout as sleep } from 'node:timers/promises'
import { sql, type Kysely } from 'kysely'
import { bornAt, seconds, type Clock } from '#platform/values'
import type { PaymentsTables } from './tables.ts'

/** What was made longer ago has been heard of, or never will be. */
const fresh = seconds(10)
/** Milliseconds before the second look, doubled with each: seven looks in some two and a half seconds, whoever asks. */
const firstPause = 20
const longestPause = 1280

type Needs = Readonly<{ db: Kysely<PaymentsTables>; now: Clock }>

/**
 * Waits for what is due of a subject that is so new that nobody here may have heard of it: a buyer who orders and pays in
 * one breath is faster than the event between the two. Other subjects are not waited for.
 */
export async function awaitDue({ db, now }: Needs, subject_id: string): Promise<void> {
  const born = bornAt(subject_id)
  if (!born || now().getTime() - born.getTime() > fresh) return
  for (let pause = firstPause; pause <= longestPause; pause *= 2) {
    const { rows } = await sql`select from payments.dues where subject_id = ${subject_id}`.execute(db)
    if (rows.length > 0) return
    await sleep(pause)
  }
}
