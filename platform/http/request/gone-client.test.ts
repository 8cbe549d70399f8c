import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RouteFacts } from '../route-facts.ts'
import type { AnyReply, AnyRequest } from '../routes.ts'
import { onRequest } from './on-request.ts'

const counter = { count: () => undefined, giveBack: () => {}, knows: () => true }
const facts = { access: 'anyone' } as unknown as RouteFacts
const hook = onRequest({ authenticate: () => Promise.resolve(undefined), counter }, facts)

/** Whether a request on such a socket goes on. */
function isServed(socket: Readonly<{ destroyed: boolean; remoteAddress: string | undefined }>): boolean {
  const seen: string[] = []
  const request = { raw: { socket }, url: '/teas', originalUrl: '/teas', headers: {} } as unknown as AnyRequest
  const reply = { hijack: () => seen.push('hijacked') } as unknown as AnyReply
  hook(request, reply, () => seen.push('served'))
  return seen.join() === 'served'
}

test('a request whose client is gone is not processed: its address is unknown, and an answer has no reader (F-36)', () => {
  assert.equal(isServed({ destroyed: false, remoteAddress: '203.0.113.7' }), true)
  assert.equal(isServed({ destroyed: false, remoteAddress: undefined }), false)
  assert.equal(isServed({ destroyed: true, remoteAddress: '203.0.113.7' }), false)
})
