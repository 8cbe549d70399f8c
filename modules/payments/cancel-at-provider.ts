import type { Payment } from './payment.ts'
import type { Charge, Providers } from './provider.ts'

/** Queries before it cancels: a charge may have succeeded since the last read. */
export async function cancelAtProvider(
  providers: Providers,
  { id, amount, currency, ...payment }: Payment,
): Promise<Charge> {
  const provider = providers.get(payment.provider)
  const key = { payment_id: id, amount, currency }
  const charge = await provider.query(key)
  return charge?.status === 'succeeded' ? charge : await provider.cancel(key)
}
