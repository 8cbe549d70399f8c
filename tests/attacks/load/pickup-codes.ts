import assert from 'node:assert/strict'
import { SignedInView } from '#identity/schema'
import { expectResponse } from '#platform/testing'
import { guest, staff } from '../../e2e/open-shop.ts'
import { password, uniqueEmail } from '../../e2e/purchase-steps.ts'
import { attacker, other, pickupOrder, repeat, sendTo, type Attack } from './attack.ts'

/** A courier guesses the pickup code of a parcel. */
export const pickupCodes: Attack = {
  id: 'F-41',
  name: 'five wrong pickup codes lock the code, and staff unlock it',
  prepare: async (shop) => {
    const { shipment } = await pickupOrder(shop, '203.0.113.41')
    const right = shipment.pickup_code ?? ''
    const send = shop.sendFrom(other)
    const invited = shop.posad('users invite courier --json')
    assert.equal(invited.status, 0, invited.stderr)
    const code = new URL(JSON.parse(invited.stdout).link).hash.slice(1)
    const body = { code, email: uniqueEmail('courier'), password, name: 'Courier' }
    const accepted = await send(guest, 'POST /auth/invitations/accept', { body })
    const { access_token } = expectResponse(accepted, 201, SignedInView)
    const deliver = async (code: string) =>
      await sendTo(shop, {
        method: 'POST',
        path: `/api/v1/delivery/${shipment.id}/deliver`,
        from: attacker,
        headers: { authorization: `Bearer ${access_token}` },
        body: { code },
      })
    return {
      run: async (isOver) => {
        let compared = 0
        const count = await repeat(10, isOver, async (i) => {
          const code = String(i % 1_000_000).padStart(6, '0')
          const { status, text } = await deliver(code === right ? '999999' : code)
          assert.ok(status === 409 || status === 429, text)
          if (status === 409) compared++
        })
        assert.equal(compared, 5)
        return `${count} codes, ${compared} compared`
      },
      verify: async () => {
        expectResponse(await send(staff, `DELETE /admin/shipments/${shipment.id}/code-lock`), 200)
        // The courier may have used up the requests of the account.
        const delivered = await send(staff, `POST /delivery/${shipment.id}/deliver`, { body: { code: right } })
        expectResponse(delivered, 200)
      },
    }
  },
}
