import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { eventually } from '#platform/testing'
import { attacker, attackerOf, openGet, other, pickupOrder, statusOn, type Attack } from './attack.ts'

/** The default of `STREAMS_PER_ADDRESS`; 46 addresses stay below `STREAMS_TOTAL`. */
const perAddress = 20
const addresses = 45

/** One address opens 250 streams and 45 more open as many as each may. All stay open. */
export const manyStreams: Attack = {
  id: 'F-33',
  name: 'an address keeps few streams open, and a thousand streams delay no other',
  prepare: async (shop) => {
    const { shipment } = await pickupOrder(shop, '203.0.113.33')
    const path = `/api/v1/delivery/track/${shipment.tracking_token}/events`
    return {
      run: async (isOver) => {
        const opened: Socket[] = []
        const open = async (from: string, count: number): Promise<number> => {
          const sockets = Array.from({ length: count }, () => openGet(shop, { path, from }))
          opened.push(...sockets)
          const statuses = await Promise.all(sockets.map(statusOn))
          return statuses.filter((status) => status === 200).length
        }
        assert.equal(await open(attacker, 250), perAddress)
        for (let i = 0; i < addresses; i++) assert.equal(await open(attackerOf(1000 + i), perAddress), perAddress)
        assert.equal(await open(other, 1), 1, 'another customer opens a stream')
        await eventually(() => assert.ok(isOver()), { within: Infinity, every: 50 })
        for (const socket of opened) socket.destroy()
        return `250 streams of one address requested, ${perAddress} opened; ${addresses * perAddress} more of ${addresses} addresses opened`
      },
    }
  },
}
