import { crashpoint } from '#platform/faults'
import type { ReadPayPage } from './query.ts'

export type BuyersWord = 'succeeded' | 'declined' | 'processing'

/** The buyer tells the make-believe bank; the bank notifies us, and we read again what it says. */
export type AnswerSandbox = (subject_id: string, word: BuyersWord) => Promise<void>

type Needs = Readonly<{
  read: ReadPayPage
  buyerSays: (payment_id: string, word: BuyersWord) => Promise<void>
  settle: (payment_id: string) => Promise<unknown>
}>

export const answerSandbox =
  ({ read, buyerSays, settle }: Needs): AnswerSandbox =>
  async (subject_id, word) => {
    const { open } = await read(subject_id, 0)
    if (!open) return
    await buyerSays(open.id, word)
    crashpoint('payments.after-approval.before-settling')
    await settle(open.id)
  }
