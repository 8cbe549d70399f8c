import { sql, type Kysely } from 'kysely'
import { transaction, type AnyTx } from '#platform/db'
import { crashPoint } from '../crash-points.ts'
import { newId, type Clock } from '#platform/values'
import { keepCharge } from '../keep-charge.ts'
import { isOpen, refund, standingOf, type Payment } from '../payment.ts'
import type { Charge, Providers } from '../provider.ts'
import type { FinishRefund } from '../finish-refund.ts'
import { promiseRefund } from '../promise-refund.ts'
import { attemptsOf, lockDue } from '../subject.ts'
import type { PaymentsTables } from '../tables.ts'

export type NotDue = Readonly<{ subject_type: string; subject_id: string; if_paid: 'keep' | 'refund'; reason: string }>

/** Sees to it that nothing is owed and nothing is charged any more. Safe to repeat; tells nobody. */
export type CancelPayment = (input: NotDue) => Promise<void>

type Needs = Readonly<{ db: Kysely<PaymentsTables>; providers: Providers; now: Clock; finish: FinishRefund }>
type Said = Readonly<{ payment: Payment; charge: Charge }>

/** Close the due first, so that no attempt begins behind our back; then ask the provider; then give money back. */
export const cancelPayment =
  ({ db, providers, now, finish }: Needs): CancelPayment =>
  async (input) => {
    await callOff(db, input, now())
    const open = (await attemptsOf(db, input.subject_id)).filter(isOpen)
    const said = await Promise.all(open.map(async (payment) => ({ payment, charge: await stop(providers, payment) })))
    crashPoint('after-provider.before-save')
    const promised = await transaction(db, (tx) => keep(tx, input, { said, at: now() }))
    for (const refund_id of promised) await finish(refund_id)
  }

/** A row without facts is a tombstone: a payment-due that comes later finds it and charges nobody. */
async function callOff(
  db: Kysely<PaymentsTables>,
  { subject_type, subject_id, reason }: NotDue,
  at: Date,
): Promise<void> {
  await sql`
    insert into payments.dues (subject_id, subject_type, status, reason, created_at, updated_at)
    values (${subject_id}, ${subject_type}, 'cancelled', ${reason}, ${at}, ${at})
    on conflict (subject_id) do update set status = 'cancelled', reason = excluded.reason, updated_at = excluded.updated_at
  `.execute(db)
}

/** Ask before anything else: what is paid is not to be cancelled, whatever we believe. */
async function stop(providers: Providers, { id, amount, currency, ...payment }: Payment): Promise<Charge> {
  const provider = providers.named(payment.provider)
  const key = { payment_id: id, amount, currency }
  const charge = await provider.query(key)
  return charge?.status === 'succeeded' ? charge : await provider.cancel(key)
}

/** Answers with the refunds that are promised and not finished yet, whoever promised them. */
async function keep(tx: AnyTx, input: NotDue, { said, at }: { said: readonly Said[]; at: Date }): Promise<string[]> {
  const due = await lockDue(tx, input.subject_id)
  if (!due) throw new Error(`What was due for ${input.subject_id} is gone`)
  const known = new Map((await attemptsOf(tx, input.subject_id)).map((payment) => [payment.id, payment]))
  for (const { payment, charge } of said)
    await keepCharge(tx, { due, payment: known.get(payment.id) ?? payment, charge, at })
  if (input.if_paid === 'refund') await promiseRest(tx, input, at)
  const { rows } = await sql<{ id: string }>`
    select refund.id from payments.refunds as refund join payments.payments as payment on payment.id = refund.payment_id
    where payment.subject_id = ${input.subject_id} and refund.status = 'requested' order by refund.id
  `.execute(tx)
  return rows.map((row) => row.id)
}

async function promiseRest(tx: AnyTx, { subject_id, reason }: NotDue, at: Date): Promise<void> {
  const standing = standingOf(await attemptsOf(tx, subject_id))
  if (standing.kind !== 'paid') return
  const rest = refund(standing.payment)
  if (rest.kind === 'refused') return
  await promiseRefund(tx, standing.payment, {
    id: newId(),
    amount: rest.amount,
    asked_by: 'not-due',
    user_id: null,
    reason,
    at,
  })
}
