import assert from 'node:assert/strict'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '#platform/testing'
import { attackerOf, openGet, other, pickupOrder, repeat, statusOn, type Attack } from './attack.ts'

/** Enough for the attack to stay below the limits of each address. */
const addresses = 500
const parallel = 30

/** Tracking streams are opened and reset within 20 milliseconds. */
export const resetStreams: Attack = {
  id: 'F-32',
  name: 'streams that are reset at once leave their slots free',
  prepare: async (shop) => {
    const { shipment } = await pickupOrder(shop, '203.0.113.32')
    const path = `/api/v1/delivery/track/${shipment.tracking_token}/events`
    return {
      run: async (isOver) => {
        const count = await repeat(parallel, isOver, async (i) => {
          const socket = openGet(shop, { path, from: attackerOf(i % addresses) })
          await once(socket, 'connect')
          await sleep(i % 20)
          socket.resetAndDestroy()
        })
        return `${count} streams opened and reset`
      },
      verify: async () => {
        // More streams than the cap of one address, one after the other.
        for (let i = 0; i < 30; i++) {
          await eventually(async () => {
            const socket = openGet(shop, { path, from: other })
            assert.equal(await statusOn(socket), 200)
            socket.destroy()
          })
        }
      },
    }
  },
}
