import type { Db } from './pool.ts'
import type { AnyTx } from './transaction.ts'

type Call<Item, Answer> = Readonly<{
  item: Item
  resolve: (answer: Answer) => void
  reject: (error: unknown) => void
}>

/**
 * Makes one statement of many. What pieces of work that run side by side ask for in the same turn of the event loop, over
 * the same transaction, goes to `work` as one list; each gets its own answer, in the order of the list. Alone, a caller
 * gets a list of one: the same statement for one row and for a hundred.
 */
export function batched<Item, Answer, Over extends Db = AnyTx>(
  work: (tx: Over, items: readonly Item[]) => Promise<readonly Answer[]>,
): (tx: Over, item: Item) => Promise<Answer> {
  const waiting = new WeakMap<Over, Call<Item, Answer>[]>()

  async function run(tx: Over, calls: readonly Call<Item, Answer>[]): Promise<void> {
    try {
      const answers = await work(
        tx,
        calls.map(({ item }) => item),
      )
      for (const [i, call] of calls.entries()) call.resolve(answers[i] as Answer)
    } catch (error) {
      for (const call of calls) call.reject(error)
    }
  }

  return (tx, item) =>
    new Promise((resolve, reject) => {
      const call = { item, resolve, reject }
      const calls = waiting.get(tx)
      if (calls) {
        calls.push(call)
        return
      }
      const first = [call]
      waiting.set(tx, first)
      // After every promise that is settled now: whoever goes on in this turn has said what it wants by then.
      process.nextTick(() => {
        waiting.delete(tx)
        void run(tx, first)
      })
    })
}
