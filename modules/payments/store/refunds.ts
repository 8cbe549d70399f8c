import { sql } from 'kysely'
import type { AnyTx } from '#platform/db'
import { newId } from '#platform/values'
import { isPaid, refund, type Payment } from '../payment.ts'
import type { PaymentsDb, RefundRow } from './tables.ts'
import { firstId, type PageAfter, type ScannedRow } from './scan.ts'

type RequestedRefund = Pick<RefundRow, 'id' | 'amount' | 'requested_by' | 'user_id' | 'reason'> & Readonly<{ at: Date }>

/** Inserts a requested refund. Its amount counts as refunded from now on, and a job finishes it after a crash. */
export async function insertRefund(tx: AnyTx, { id, currency }: Payment, refund: RequestedRefund): Promise<RefundRow> {
  const { amount, requested_by, user_id, reason, at } = refund
  const { rows } = await sql<RefundRow>`
    with payment as (
      update payments.payments set refunding_amount = refunding_amount + ${amount}, updated_at = ${at} where id = ${id}
    )
    insert into payments.refunds (id, payment_id, amount, currency, requested_by, user_id, reason, status, requested_at)
    values (${refund.id}, ${id}, ${amount}, ${currency}, ${requested_by}, ${user_id}, ${reason}, 'requested', ${at})
    returning *
  `.execute(tx)
  return existing(refund.id, rows[0])
}

/** Inserts the refunds of all that is left of payments for an earlier revision than the one of their subject. */
export async function insertOutdatedRefunds(
  tx: AnyTx,
  payments: readonly Payment[],
  { revision, at }: Readonly<{ revision: number; at: Date }>,
): Promise<void> {
  const outdated = payments.filter((payment) => payment.revision < revision)
  for (const payment of outdated.filter(isPaid).filter(({ surplus }) => !surplus)) {
    const decision = refund(payment)
    if (decision.kind === 'refused') continue
    const { amount } = decision
    const reason = 'the sum has changed'
    await insertRefund(tx, payment, { id: newId(), amount, requested_by: 'surplus', user_id: null, reason, at })
  }
}

/** Inserts a refund that exceeds what is left of its payment: a repeat of its request finds it and refunds nothing. */
export async function insertRefusedRefund(tx: AnyTx, payment: Payment, refund: RequestedRefund): Promise<RefundRow> {
  const { id, amount, requested_by, user_id, reason, at } = refund
  const { rows } = await sql<RefundRow>`
    insert into payments.refunds (id, payment_id, amount, currency, requested_by, user_id, reason, status, requested_at,
      refused_at)
    values (${id}, ${payment.id}, ${amount}, ${payment.currency}, ${requested_by}, ${user_id}, ${reason}, 'refused', ${at}, ${at})
    returning *
  `.execute(tx)
  return existing(id, rows[0])
}

export async function findRefund(db: PaymentsDb | AnyTx, id: string): Promise<RefundRow | undefined> {
  const { rows } = await sql<RefundRow>`select * from payments.refunds where id = ${id}`.execute(db)
  return rows[0]
}

/** Finds the refund of a payment that the provider confirmed last. Throws when there is none. */
export async function findLastRefund(tx: AnyTx, payment_id: string): Promise<RefundRow> {
  const { rows } = await sql<RefundRow>`
    select * from payments.refunds where payment_id = ${payment_id} and status = 'done'
    order by done_at desc, id desc limit 1
  `.execute(tx)
  if (!rows[0]) throw new Error(`The payment ${payment_id} has no refund that is done`)
  return rows[0]
}

/** All refunds of a payment, newest first. */
export async function listRefundsOf(db: PaymentsDb, payment_id: string): Promise<RefundRow[]> {
  const { rows } = await sql<RefundRow>`
    select * from payments.refunds where payment_id = ${payment_id} order by requested_at desc, id desc
  `.execute(db)
  return rows
}

const pageSize = 200

/** A page of the requested refunds of all subjects, oldest first. */
export const requestedRefundsAfter =
  (db: PaymentsDb): PageAfter =>
  async (after) => {
    const { rows } = await sql<ScannedRow>`
      select id, requested_at::text as at from payments.refunds
      where status = 'requested' and (requested_at, id) > (${after?.at ?? '-infinity'}::timestamptz, ${after?.id ?? firstId}::uuid)
      order by requested_at, id limit ${pageSize}
    `.execute(db)
    return rows
  }

/** The ids of the requested refunds of one subject. */
export async function listRequestedRefundsOf(tx: AnyTx, subject_id: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select refund.id from payments.refunds as refund join payments.payments as payment on payment.id = refund.payment_id
    where payment.subject_id = ${subject_id} and refund.status = 'requested' order by refund.id
  `.execute(tx)
  return rows.map(({ id }) => id)
}

/** Seconds after which the lease of a process that died ends. A call to a provider takes ten at most. */
const leaseSeconds = 15

/** Lets this process alone ask the provider for a requested refund. False when another process asks, or the refund has its answer. */
export async function takeLease(db: PaymentsDb, id: string, lease: string): Promise<boolean> {
  const { rows } = await sql`
    update payments.refunds set lease = ${lease}, leased_until = clock_timestamp() + ${leaseSeconds} * interval '1 second'
    where id = ${id} and status = 'requested' and (leased_until is null or leased_until < clock_timestamp())
    returning 1
  `.execute(db)
  return rows.length > 0
}

/** Lets another process ask at once. */
export async function releaseLease(db: PaymentsDb, id: string, lease: string): Promise<void> {
  await sql`
    update payments.refunds set lease = null, leased_until = null where id = ${id} and lease = ${lease}
  `.execute(db)
}

/** Saves the answer of the provider to a refund. */
export async function updateRefund(
  tx: AnyTx,
  { id, status, at }: Readonly<{ id: string; status: 'done' | 'refused'; at: Date }>,
): Promise<RefundRow> {
  const [done_at, refused_at] = status === 'done' ? [at, null] : [null, at]
  const { rows } = await sql<RefundRow>`
    update payments.refunds
    set status = ${status}, done_at = ${done_at}, refused_at = ${refused_at}, lease = null, leased_until = null
    where id = ${id} returning *
  `.execute(tx)
  return existing(id, rows[0])
}

/** Marks a refused refund that the provider says it made: the check of refunds shows it until a person compares the books. */
export async function markContradicted(tx: AnyTx, id: string, at: Date): Promise<RefundRow> {
  const { rows } = await sql<RefundRow>`
    update payments.refunds set contradicted_at = coalesce(contradicted_at, ${at}) where id = ${id} returning *
  `.execute(tx)
  return existing(id, rows[0])
}

type Resolution = Readonly<{ resolved_by: string | null; resolution: string; at: Date }>

/** Saves how a contradicted refund was settled, once. */
export async function updateContradicted(tx: AnyTx, id: string, { resolved_by, resolution, at }: Resolution) {
  await sql`
    update payments.refunds set resolved_at = ${at}, resolved_by = ${resolved_by}, resolution = ${resolution}
    where id = ${id} and contradicted_at is not null and resolved_at is null
  `.execute(tx)
}

/** True when another refund of the payment was requested after this one was refused: it may have replaced this one. */
export async function isReplaced(tx: AnyTx, { id, payment_id, refused_at, requested_at }: RefundRow): Promise<boolean> {
  const { rows } = await sql`
    select from payments.refunds
    where payment_id = ${payment_id} and id <> ${id} and status <> 'refused' and requested_at >= ${refused_at ?? requested_at}
    limit 1
  `.execute(tx)
  return rows.length > 0
}

function existing(id: string, refund: RefundRow | undefined): RefundRow {
  if (!refund) throw new Error(`The refund ${id} does not exist`)
  return refund
}
