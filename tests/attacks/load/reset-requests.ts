import assert from 'node:assert/strict'
import { once } from 'node:events'
import { attackerOf, openGet, repeat, type Attack } from './attack.ts'

const maxLines = 10

/** Requests are sent and their connections reset in the same moment. */
export const resetRequests: Attack = {
  id: 'F-36',
  name: 'requests that are reset at once fill no log',
  prepare: async (shop) => ({
    run: async (isOver) => {
      const linesBefore = shop.output().split('\n').length
      const count = await repeat(50, isOver, async (i) => {
        const socket = openGet(shop, { path: '/api/v1/catalog/products', from: attackerOf(i) })
        await once(socket, 'connect')
        socket.resetAndDestroy()
      })
      const lines = shop.output().split('\n').length - linesBefore
      assert.ok(lines <= maxLines, `${lines} lines were logged:\n${shop.output().slice(-2000)}`)
      return `${count} requests reset, ${lines} lines logged`
    },
  }),
}
