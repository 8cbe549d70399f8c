import { crashPoint } from './crash-points.ts'
import type { PayUrlOf } from './payment-view.ts'
import { awaitsProvider, type Payment } from './payment.ts'
import type { Charge, Providers } from './provider.ts'

type Needs = Readonly<{ providers: Providers; returnUrlOf: PayUrlOf }>

/** `isNew`: no attempt has given the payment to the provider before. */
type SavedPayment = Readonly<{ payment: Payment; description: string; isNew: boolean }>

/**
 * Gives a saved payment to its provider. The answer of an earlier attempt may be lost, so a repeat queries before it
 * starts. Returns undefined when the provider has answered before, or the payment is over.
 */
export async function startAtProvider(
  { providers, returnUrlOf }: Needs,
  { payment, description, isNew }: SavedPayment,
): Promise<Charge | undefined> {
  if (!awaitsProvider(payment)) return undefined
  crashPoint('after-intent.before-provider')
  const { id: payment_id, amount, currency, subject_id } = payment
  const key = { payment_id, amount, currency }
  const provider = providers.get(payment.provider)
  const earlier = isNew ? undefined : await provider.query(key)
  const charge = earlier ?? (await provider.start({ ...key, description, return_url: returnUrlOf(subject_id) }))
  crashPoint('after-provider.before-save')
  return charge
}
