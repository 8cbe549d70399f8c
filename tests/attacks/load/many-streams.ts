import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { eventually } from '#platform/testing'
import { attacker, attackerOf, openGet, other, pickupOrder, statusOn, type Attack } from './attack.ts'

/** The default of `STREAMS_PER_USER`, which counts for a private link too. */
const perLink = 5
const links = 4
const addresses = 45

/** One address opens 250 streams of four private links, and 45 more ask for as many. All that open stay open. */
export const manyStreams: Attack = {
  id: 'F-33',
  name: 'private links keep few streams open, from however many addresses, and delay no other',
  prepare: async (shop) => {
    const paths: string[] = []
    for (let i = 0; i <= links; i++) {
      const { shipment } = await pickupOrder(shop, `203.0.113.${33 + i}`)
      paths.push(`/api/v1/delivery/track/${shipment.tracking_token}/events`)
    }
    const [own = '', ...shared] = paths
    return {
      run: async (isOver) => {
        const opened: Socket[] = []
        const open = async (from: string, count: number, known = shared): Promise<number> => {
          const pathOf = (i: number) => known[i % known.length] ?? own
          const sockets = Array.from({ length: count }, (_, i) => openGet(shop, { path: pathOf(i), from }))
          opened.push(...sockets)
          const statuses = await Promise.all(sockets.map(statusOn))
          return statuses.filter((status) => status === 200).length
        }
        assert.equal(await open(attacker, 250), perLink * links)
        for (let i = 0; i < addresses; i++) assert.equal(await open(attackerOf(1000 + i), 20), 0)
        assert.equal(await open(other, 1, [own]), 1, 'another customer opens a stream')
        await eventually(() => assert.ok(isOver()), { within: Infinity, every: 50 })
        for (const socket of opened) socket.destroy()
        return `${250 + addresses * 20} streams of ${links} links requested, ${perLink * links} opened`
      },
    }
  },
}
