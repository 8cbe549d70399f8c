import { sql, type Selectable } from 'kysely'
import { batched, transaction, type Db } from '#platform/db'
import type { Charge, ChargeKey, Provider, RefundAnswer, RefundInput } from '../provider.ts'
import type { SandboxDecision, SandboxMode } from '../schema.ts'
import type { PaymentsDb, PaymentsTables } from '../store/tables.ts'
import { sandboxWebhooks } from './sandbox-webhook.ts'

/** A test bank. It has books and transactions of its own, as a bank outside would. */
export type Sandbox = Provider & Readonly<{ decide: (payment_id: string, decision: SandboxDecision) => Promise<void> }>

type Needs = Readonly<{
  db: PaymentsDb
  mode: SandboxMode
  /** Signs the webhooks of the bank. Without it the bank accepts none. */
  webhookSecret?: string | undefined
}>

type Row = Selectable<PaymentsTables['payments.sandbox_charges']>

const firstStatus = { page: 'pending', auto: 'succeeded', decline: 'declined' } as const satisfies Record<
  SandboxMode,
  string
>

export function sandbox({ db, mode, webhookSecret }: Needs): Sandbox {
  const query: Provider['query'] = async ({ payment_id }) => {
    const { rows } = await sql<Row>`select * from payments.sandbox_charges where payment_id = ${payment_id}`.execute(db)
    return rows[0] && chargeOf(rows[0])
  }
  return {
    code: 'sandbox',
    methods: ['online'],
    query,
    start: async (input) =>
      (await insertCharge(db, { ...input, status: firstStatus[mode] })) ?? (await query(input)) ?? failMissing(input),
    cancel: async (key) => await cancelCharge(db, key),
    refund: async (input) => await refundCharge(db, input),
    decide: async (payment_id, decision) => {
      await sql`
        update payments.sandbox_charges set status = ${decision}, changed_at = now()
        where payment_id = ${payment_id} and status in ('pending', 'processing')
      `.execute(db)
    },
    ...(webhookSecret !== undefined && { parseWebhook: sandboxWebhooks(webhookSecret).parse }),
  }
}

const chargeOf = ({ payment_id, amount, currency, status }: Row): Charge => {
  const facts = { amount, currency, confirmation_url: null }
  return status === 'succeeded' ? { ...facts, status, transaction_id: `sandbox-${payment_id}` } : { ...facts, status }
}

const failMissing = ({ payment_id }: ChargeKey): never => {
  throw new Error(`The sandbox bank neither inserted nor found the charge ${payment_id}`)
}

type NewCharge = ChargeKey & Pick<Row, 'status'>

/** Returns undefined for a charge that exists. */
const insertCharge = batched<NewCharge, Charge | undefined, Db>(async (db, charges) => {
  const { rows } = await sql<Row>`
    insert into payments.sandbox_charges (payment_id, amount, currency, status)
    select payment_id, amount, currency, status
    from jsonb_to_recordset(${JSON.stringify(charges)}::jsonb) as charge(payment_id uuid, amount bigint, currency text, status text)
    on conflict do nothing returning *
  `.execute(db)
  const byId = new Map(rows.map((row) => [row.payment_id, chargeOf(row)]))
  return charges.map(({ payment_id }) => byId.get(payment_id))
})

async function cancelCharge(db: PaymentsDb, { payment_id, amount, currency }: ChargeKey): Promise<Charge> {
  const { rows } = await sql<Row>`
    insert into payments.sandbox_charges as charge (payment_id, amount, currency, status)
    values (${payment_id}, ${amount}, ${currency}, 'cancelled')
    on conflict (payment_id) do update
    set status = case when charge.status in ('pending', 'processing') then 'cancelled' else charge.status end, changed_at = now()
    returning *
  `.execute(db)
  if (!rows[0]) throw new Error(`The sandbox bank did not save the cancelled charge ${payment_id}`)
  return chargeOf(rows[0])
}

/** A repeat of a refund waits for the first one and gets its answer: the bank stores what it made and what it refused. */
const refundCharge = async (db: PaymentsDb, input: RefundInput): Promise<RefundAnswer> =>
  await transaction(db, async (tx): Promise<RefundAnswer> => {
    const { refund_id, payment_id, amount } = input
    await sql`select pg_advisory_xact_lock(hashtextextended(${`payments:sandbox refund ${refund_id}`}, 0))`.execute(tx)
    const { rows } = await sql<{ answer: RefundAnswer }>`
      select 'refunded' as answer from payments.sandbox_refunds where refund_id = ${refund_id}
      union all select 'refused' from payments.sandbox_refused_refunds where refund_id = ${refund_id}
    `.execute(tx)
    if (rows[0]) return rows[0].answer
    const refunded = await sql`
      with charge as (
        update payments.sandbox_charges set refunded_amount = refunded_amount + ${amount}, changed_at = now()
        where payment_id = ${payment_id} and status = 'succeeded' and refunded_amount + ${amount} <= amount
        returning payment_id
      )
      insert into payments.sandbox_refunds (refund_id, payment_id, amount)
      select ${refund_id}, payment_id, ${amount} from charge
    `.execute(tx)
    if (refunded.numAffectedRows === 1n) return 'refunded'
    await sql`insert into payments.sandbox_refused_refunds (refund_id) values (${refund_id})`.execute(tx)
    return 'refused'
  })
