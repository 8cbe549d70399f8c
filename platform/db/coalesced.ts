import { callQueue } from './call-queue.ts'
import { checkedAnswers, type Answers } from './batched.ts'
import { isAnswer } from './connection.ts'
import { byKey, type Db } from './pool.ts'

type Call<Item, Answer> = Readonly<{
  item: Item
  resolve: (answer: Answer) => void
  reject: (error: unknown) => void
}>

type Settings<Item> = Readonly<{
  /** Two items with a common key are never in one statement. */
  keysOf?: (item: Item) => readonly string[]
}>

/**
 * `batched` for the statements of concurrent requests, over the pool: `work` is one statement for all of them, which reads or
 * writes by key, and a transaction by itself. When the server refuses it, it runs again for each item alone, so that no caller
 * gets the error of another. Without an answer it may have been done, and every caller gets the error.
 */
export function coalesced<Item, Answer>(
  work: (db: Db, items: readonly Item[]) => Promise<Answers<Answer>>,
  { keysOf }: Settings<Item> = {},
): (db: Db, item: Item) => Promise<Answer> {
  type Calls = readonly Call<Item, Answer>[]
  const queues = new WeakMap<Db, (call: Call<Item, Answer>) => void>()

  async function run(db: Db, calls: Calls): Promise<void> {
    const items = calls.map(({ item }) => item)
    try {
      const answers = checkedAnswers(items, await work(byKey(db), items))
      for (const [i, { resolve }] of calls.entries()) resolve(answers?.[i] as Answer)
    } catch (error) {
      if (calls.length === 1 || !isAnswer(error)) for (const { reject } of calls) reject(error)
      else await Promise.all(calls.map((call) => run(db, [call])))
    }
  }

  function queueOf(db: Db) {
    const known = queues.get(db)
    if (known) return known
    const queue = callQueue<Call<Item, Answer>>({
      run: (calls) => run(db, calls),
      ...(keysOf && { keysOf: ({ item }: Call<Item, Answer>) => keysOf(item) }),
    })
    queues.set(db, queue)
    return queue
  }

  return (db, item) => new Promise((resolve, reject) => queueOf(db)({ item, resolve, reject }))
}
