import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { eventually } from '#platform/testing'
import { attackerOf, openGet, type Attack } from './attack.ts'

/** The script of the API documentation has a megabyte: 16 copies fit into no buffers of the kernel. */
const large = '/api/redoc/redoc.standalone.js'
const floods = [
  { path: large, copies: 1000 },
  { path: large, copies: 16 },
  { path: '/api/openapi.json', copies: 16 },
]

/** Connections of many addresses request large documents and read nothing. */
export const unreadResponses: Attack = {
  id: 'F-30',
  name: 'connections that read no responses are closed and take no memory',
  prepare: async (shop, seconds) => ({
    run: async (isOver) => {
      const connections = seconds < 10 ? 100 : 300
      const opened = floods.map((flood) =>
        Array.from({ length: connections }, (_, i) => openGet(shop, { ...flood, from: attackerOf(3000 + i) }).pause()),
      )
      await eventually(() => assert.ok(isOver()), { within: Infinity, every: 50 })
      const [pipelined = [], stalled = [], small = []] = opened
      // The shop closes connections whose client reads nothing. The small responses may be in the buffers of the kernel.
      const mustClose = [...pipelined, ...stalled]
      await eventually(() => assert.equal(mustClose.filter(isOpen).length, 0), { within: 30_000, every: 500 })
      const closed = mustClose.length + small.filter((socket) => !isOpen(socket)).length
      for (const socket of small) socket.destroy()
      return `${connections * floods.length} connections, ${closed} closed by the shop`
    },
  }),
}

/** False for a connection that the server closed: a write to it fails. Nothing is read, so nothing else shows it. */
function isOpen(connection: Socket): boolean {
  if (!connection.destroyed) connection.write('\r\n')
  return !connection.destroyed
}
