import type { Kysely } from 'kysely'
import { crashPoint } from '../crash-points.ts'
import type { Clock } from '#platform/values'
import { awaitDue } from '../await-due.ts'
import { isOpen } from '../payment.ts'
import { attemptsOf } from '../subject.ts'
import type { PaymentsTables } from '../tables.ts'

type BuyersWord = 'succeeded' | 'declined' | 'processing'

/** The buyer tells the make-believe bank; the bank notifies us, and we read again what it says. */
export type AnswerSandbox = (subject_id: string, word: BuyersWord) => Promise<void>

type Needs = Readonly<{
  db: Kysely<PaymentsTables>
  now: Clock
  buyerSays: (payment_id: string, word: BuyersWord) => Promise<void>
  settle: (payment_id: string) => Promise<unknown>
}>

export const answerSandbox =
  ({ db, now, buyerSays, settle }: Needs): AnswerSandbox =>
  async (subject_id, word) => {
    await awaitDue({ db, now }, subject_id)
    const attempts = await attemptsOf(db, subject_id)
    const open = attempts.find((payment) => isOpen(payment) && payment.provider === 'sandbox')
    if (!open) return
    await buyerSays(open.id, word)
    crashPoint('after-approval.before-settling')
    await settle(open.id)
  }
