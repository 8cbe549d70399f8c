import { transaction } from '#platform/db'
import type { Refused, StoreResponse } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { CreateFaqBody } from '../schema.ts'
import { findFaq, insertFaq, type FaqRow, type SupportDb } from '../store.ts'

type Needs = Readonly<{ db: SupportDb; now: Clock }>

type CreateFaqInput = CreateFaqBody & Readonly<{ operation_id: string }>
export type CreatedFaq = Readonly<{ kind: 'created'; entry: FaqRow }>
export type CreateFaqOutcome = CreatedFaq | Refused<'id-taken'>
export type CreateFaq = (input: CreateFaqInput, storeResponse: StoreResponse<CreatedFaq>) => Promise<CreateFaqOutcome>

/** Idempotent by id: a repeated request returns the entry that the first one created. */
export const createFaq =
  ({ db, now }: Needs): CreateFaq =>
  ({ operation_id, id = operation_id, position = 0, ...texts }, storeResponse) =>
    transaction(db, async (tx): Promise<CreateFaqOutcome> => {
      const at = now()
      const entry = { id: id.toLowerCase(), ...texts, position, created_at: at, updated_at: at }
      const inserted = await insertFaq(tx, entry)
      if (!inserted) {
        const existing = await findFaq(tx, entry.id)
        return existing && isSame(existing, entry)
          ? { kind: 'created', entry: existing }
          : { kind: 'refused', reason: 'id-taken' }
      }
      const created = { kind: 'created', entry: inserted } as const
      await storeResponse(tx, created)
      return created
    })

const isSame = (existing: FaqRow, entry: FaqRow): boolean =>
  (['locale', 'title', 'answer', 'position'] as const).every((fact) => existing[fact] === entry[fact])
