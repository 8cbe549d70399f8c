import { transaction } from '#platform/db'
import { notFound, type NotFound, type StoreResponse } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { NoteRow, OrderingDb } from '../store.ts'

type Written = Readonly<{ kind: 'written'; note: NoteRow }>
export type WriteNoteOutcome = Written | NotFound

/** `id`: the same for each attempt of a request. `user_id`: who writes; null for a program. */
type WriteNoteInput = Readonly<{ id: string; order_id: string; user_id: string | null; text: string }>
export type WriteNote = (input: WriteNoteInput, storeResponse: StoreResponse<Written>) => Promise<WriteNoteOutcome>

type Needs = Readonly<{ db: OrderingDb; now: Clock }>

/** Adds a note of staff to an order. */
export const writeNote =
  ({ db, now }: Needs): WriteNote =>
  async ({ order_id, ...input }, storeResponse) =>
    await transaction(db, async (tx): Promise<WriteNoteOutcome> => {
      const order = await tx.selectFrom('ordering.orders').select('id').where('id', '=', order_id).executeTakeFirst()
      if (!order) return notFound('order')
      const note = { ...input, order_id: order.id, created_at: now() }
      await tx.insertInto('ordering.notes').values(note).execute()
      const written = { kind: 'written', note } as const
      await storeResponse(tx, written)
      return written
    })
