import { byKey, type Db } from './pool.ts'
import type { AnyTx } from './transaction.ts'

type Call<Item, Answer> = Readonly<{
  item: Item
  resolve: (answer: Answer) => void
  reject: (error: unknown) => void
}>

/** One answer per item, in the order of the items; nothing when `Answer` is void. */
export type Answers<Answer> = [Answer] extends [void] ? void : readonly Answer[]

/**
 * Collects the items that concurrent callers pass in the same turn of the event loop over the same transaction, and hands
 * them to `work` as one list. Each caller gets the answer at the position of its item. A single caller gets a list of one,
 * so one statement, which finds its rows by key, serves one row and a hundred. Rejects every caller when the number of answers differs from the number
 * of items.
 */
export function batched<Item, Answer, Over extends Db = AnyTx>(
  work: (tx: Over, items: readonly Item[]) => Promise<Answers<Answer>>,
): (tx: Over, item: Item) => Promise<Answer> {
  const pending = new WeakMap<Over, Call<Item, Answer>[]>()

  async function run(tx: Over, calls: readonly Call<Item, Answer>[]): Promise<void> {
    try {
      const items = calls.map(({ item }) => item)
      const answers = checkedAnswers(items, await work(byKey(tx) as Over, items))
      for (const [i, call] of calls.entries()) call.resolve(answers?.[i] as Answer)
    } catch (error) {
      for (const call of calls) call.reject(error)
    }
  }

  return (tx, item) =>
    new Promise((resolve, reject) => {
      const call = { item, resolve, reject }
      const calls = pending.get(tx)
      if (calls) {
        calls.push(call)
        return
      }
      const first = [call]
      pending.set(tx, first)
      // nextTick runs after the promises that are settled now: their continuations have added their items by then.
      process.nextTick(() => {
        pending.delete(tx)
        void run(tx, first)
      })
    })
}

/** Throws when the number of answers differs from the number of items. */
export function checkedAnswers<Answer>(
  items: readonly unknown[],
  answers: Answers<Answer>,
): readonly Answer[] | undefined {
  const list = answers as readonly Answer[] | undefined
  if (list === undefined || list.length === items.length) return list
  throw new Error(`The batch has ${items.length} items and got ${list.length} answers: return one answer for each item`)
}
