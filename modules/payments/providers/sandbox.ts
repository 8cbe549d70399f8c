import { sql, type Kysely, type Selectable } from 'kysely'
import { constraintOf, batched, transaction, type Db } from '#platform/db'
import type { Charge, ChargeKey, Provider, RefundInput } from '../provider.ts'
import type { PaymentsTables } from '../tables.ts'

/** What becomes of a charge: its buyer decides on a page, it succeeds or it is declined by itself. */
export type SandboxMode = 'page' | 'auto' | 'decline'
type BuyersWord = 'succeeded' | 'declined' | 'processing'

/** A make-believe bank, with books and transactions of its own as if it stood outside. */
export type Sandbox = Provider & Readonly<{ buyerSays: (payment_id: string, word: BuyersWord) => Promise<void> }>

type Row = Selectable<PaymentsTables['payments.sandbox_charges']>

const firstStatus = { page: 'pending', auto: 'succeeded', decline: 'declined' } as const

export function sandbox({ db, mode }: Readonly<{ db: Kysely<PaymentsTables>; mode: SandboxMode }>): Sandbox {
  const query: Provider['query'] = async ({ payment_id }) => {
    const { rows } = await sql<Row>`select * from payments.sandbox_charges where payment_id = ${payment_id}`.execute(db)
    return rows[0] && chargeOf(rows[0])
  }
  return {
    name: 'sandbox',
    query,
    start: async (input) =>
      (await open(db, { ...input, status: firstStatus[mode] })) ?? (await query(input)) ?? vanished(input),
    cancel: async (key) => await cancel(db, key),
    // A bank of one stage: what its buyer approved is captured.
    capture: async (key) => (await query(key)) ?? vanished(key),
    refund: async (input) => await giveBack(db, input),
    buyerSays: async (payment_id, word) => {
      await sql`
        update payments.sandbox_charges set status = ${word}, changed_at = now()
        where payment_id = ${payment_id} and status in ('pending', 'processing')
      `.execute(db)
    },
  }
}

const chargeOf = ({ payment_id, amount, currency, status }: Row): Charge => {
  const sum = { amount, currency, confirmation_url: null }
  return status === 'succeeded' ? { ...sum, status, transaction_id: `sandbox-${payment_id}` } : { ...sum, status }
}

const vanished = ({ payment_id }: ChargeKey): never => {
  throw new Error(`The sandbox has no charge ${payment_id}`)
}

type NewCharge = ChargeKey & Pick<Row, 'status'>

const open = batched<NewCharge, Charge | undefined, Db>(async (db, charges) => {
  const { rows } = await sql<Row>`
    insert into payments.sandbox_charges (payment_id, amount, currency, status)
    select payment_id, amount, currency, status
    from jsonb_to_recordset(${JSON.stringify(charges)}::jsonb) as charge(payment_id uuid, amount bigint, currency text, status text)
    on conflict do nothing returning *
  `.execute(db)
  const byId = new Map(rows.map((row) => [row.payment_id, chargeOf(row)]))
  return charges.map(({ payment_id }) => byId.get(payment_id))
})

async function cancel(db: Kysely<PaymentsTables>, { payment_id, amount, currency }: ChargeKey): Promise<Charge> {
  const { rows } = await sql<Row>`
    insert into payments.sandbox_charges as charge (payment_id, amount, currency, status)
    values (${payment_id}, ${amount}, ${currency}, 'cancelled')
    on conflict (payment_id) do update
    set status = case when charge.status in ('pending', 'processing') then 'cancelled' else charge.status end, changed_at = now()
    returning *
  `.execute(db)
  return chargeOf(rows[0] as Row)
}

/** The refund's row first: a second run of the same refund waits for the first and then finds it done. */
async function giveBack(db: Kysely<PaymentsTables>, input: RefundInput): Promise<'refunded' | 'refused'> {
  try {
    return await transaction(db, async (tx): Promise<'refunded'> => {
      const noted = await sql`
        insert into payments.sandbox_refunds (refund_id, payment_id, amount)
        values (${input.refund_id}, ${input.payment_id}, ${input.amount}) on conflict do nothing
      `.execute(tx)
      if (noted.numAffectedRows === 0n) return 'refunded'
      await sql`
        update payments.sandbox_charges set refunded_amount = refunded_amount + ${input.amount}, changed_at = now()
        where payment_id = ${input.payment_id}
      `.execute(tx)
      return 'refunded'
    })
  } catch (error) {
    if (constraintOf(error)?.startsWith('sandbox_')) return 'refused'
    throw error
  }
}
