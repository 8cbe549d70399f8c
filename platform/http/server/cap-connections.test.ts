import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { capConnections } from './cap-connections.ts'
import { sharedAddresses } from './shared-addresses.ts'

/** A connection from an address, as a server announces it. */
class TestSocket extends EventEmitter {
  destroyed = false
  readonly remoteAddress: string
  constructor(remoteAddress: string) {
    super()
    this.remoteAddress = remoteAddress
  }
  destroy() {
    this.destroyed = true
    this.emit('close')
  }
}

function openTest(trustedProxies: readonly string[] = []) {
  const server = Object.assign(new EventEmitter(), { maxConnections: Infinity })
  capConnections(server, { total: 1000, perAddress: 3 }, sharedAddresses(trustedProxies))
  return {
    server,
    connect: (address: string) => {
      const socket = new TestSocket(address)
      server.emit('connection', socket)
      return socket
    },
  }
}

/** How many of ten connections from these addresses stay open. */
const openOf = (addressOf: (n: number) => string, trustedProxies?: readonly string[]) => {
  const { connect } = openTest(trustedProxies)
  return Array.from({ length: 10 }, (_, n) => connect(addressOf(n))).filter(({ destroyed }) => !destroyed).length
}

test('one address keeps only so many connections open, and a closed one makes room (F-30)', () => {
  const { connect, server } = openTest()
  const open = [1, 2, 3].map(() => connect('203.0.113.7'))
  assert.equal(connect('203.0.113.7').destroyed, true)
  assert.equal(connect('203.0.113.8').destroyed, false)
  open[0]?.destroy()
  assert.equal(connect('203.0.113.7').destroyed, false)
  assert.equal(server.maxConnections, 1000)
})

test('the addresses of one IPv6 network count together (F-30)', () => {
  assert.equal(
    openOf((n) => `2001:db8:1:1${n}::1`),
    3,
  )
  assert.equal(
    openOf((n) => `2001:db8:1:${n + 1}00::1`),
    10,
  )
})

test('a trusted proxy and a private network keep as many connections as they need (F-30)', () => {
  const proxies = ['loopback', '198.51.100.0/24', '2001:db8::7']
  assert.equal(
    openOf(() => '198.51.100.9', proxies),
    10,
  )
  assert.equal(
    openOf(() => '2001:db8::7', proxies),
    10,
  )
  assert.equal(
    openOf(() => '::ffff:192.168.0.1'),
    10,
  )
  assert.equal(
    openOf(() => '198.51.100.9', ['203.0.113.7']),
    3,
  )
})
