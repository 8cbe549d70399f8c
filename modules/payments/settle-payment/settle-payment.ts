import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { isOpen, settle, type Payment } from '../payment.ts'
import type { Charge, Providers } from '../provider.ts'
import type { SettlePayment } from '../settlement.ts'
import { findPayment } from '../store/payments.ts'
import { findSubject } from '../store/requested-subjects.ts'
import { saveCharge } from '../store/started-payments.ts'
import type { PaymentsDb } from '../store/tables.ts'

type Needs = Readonly<{ db: PaymentsDb; providers: Providers; now: Clock }>

/**
 * Reads a payment at its provider and saves the change. The caller only says which payment may have changed. A payment that
 * is still open when another one has brought the money, or the sum has changed, is cancelled: its buyer would pay twice.
 */
export const settlePayment =
  ({ db, providers, now }: Needs): SettlePayment =>
  async (payment_id) => {
    const found = await findPayment(db, payment_id)
    if (!found) return notFound('payment')
    const { amount, currency } = found
    const provider = providers.get(found.provider)
    const key = { payment_id, amount, currency }
    const read = await provider.query(key)
    if (!read) return { kind: 'unchanged' }
    const charge = (await isUnneeded(db, found, read)) ? await provider.cancel(key) : read
    const decision = settle(found, charge)
    if (decision.kind === 'refused' || decision.kind === 'unchanged') return decision

    await transaction(db, async (tx) => {
      const { events } = await saveCharge(tx, found, { charge, at: now() })
      await publish(tx, events)
    })
    return { kind: 'settled' }
  }

async function isUnneeded(db: PaymentsDb, payment: Payment, { status }: Charge): Promise<boolean> {
  if (!isOpen(payment) || (status !== 'pending' && status !== 'processing')) return false
  const request = (await findSubject(db, payment.subject_id))?.request
  return request !== undefined && (request.status === 'settled' || payment.revision < request.revision)
}
