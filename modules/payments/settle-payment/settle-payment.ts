import type { Kysely } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { settle } from '../payment.ts'
import type { Providers } from '../provider.ts'
import type { SettlePayment } from '../settlement.ts'
import { findPayment } from '../store/payments.ts'
import { saveCharge } from '../store/started-payments.ts'
import type { PaymentsTables } from '../store/tables.ts'

type Needs = Readonly<{ db: Kysely<PaymentsTables>; providers: Providers; now: Clock }>

/** Reads a payment at its provider and saves the change. The caller only says which payment may have changed. */
export const settlePayment =
  ({ db, providers, now }: Needs): SettlePayment =>
  async (payment_id) => {
    const found = await findPayment(db, payment_id)
    if (!found) return notFound('payment')
    const { amount, currency } = found
    const charge = await providers.get(found.provider).query({ payment_id, amount, currency })
    if (!charge) return { kind: 'unchanged' }
    const decision = settle(found, charge)
    if (decision.kind === 'refused' || decision.kind === 'unchanged') return decision

    await transaction(db, async (tx) => {
      const { events } = await saveCharge(tx, found, { charge, at: now() })
      await publish(tx, events)
    })
    return { kind: 'settled' }
  }
