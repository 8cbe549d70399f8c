import assert from 'node:assert/strict'
import { firstOf, registerCustomer, toPickup } from '../../e2e/purchase-steps.ts'
import { attacker, repeat, sendTo, type Attack } from './attack.ts'

const accounts = 10
const quantity = 5
/** The defaults of `MAX_OPEN_ORDERS` and `MAX_HELD_PER_VARIANT`. */
const [maxOrders, maxPieces] = [5, 20]

/** Accounts of one address order for cash again and again, and pay nothing. */
export const unpaidOrders: Attack = {
  id: 'F-31',
  name: 'accounts that order and do not pay hold few goods',
  prepare: async (shop) => {
    const client = { send: shop.sendFrom(attacker) }
    const tokens: string[] = []
    for (let i = 0; i < accounts; i++) tokens.push((await registerCustomer(client)).access_token)
    const { variant_id } = await firstOf(client, 'teas')
    const body = { ...toPickup, payment_method: 'cash_on_delivery', items: [{ variant_id, quantity }] }
    return {
      run: async (isOver) => {
        let placed = 0
        const sent = await repeat(20, isOver, async (i) => {
          const headers = { authorization: `Bearer ${tokens[i % accounts]}` }
          const { status } = await sendTo(shop, {
            method: 'POST',
            path: '/api/v1/orders',
            from: attacker,
            headers,
            body,
          })
          if (status === 201) placed++
          else assert.ok(status === 409 || status === 429, `a request was answered ${status}`)
        })
        assert.ok(placed > 0 && placed <= maxOrders && placed * quantity <= maxPieces, `${placed} orders were placed`)
        return `${sent} requests of ${accounts} accounts placed ${placed} orders with ${placed * quantity} pieces`
      },
    }
  },
}
