import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import protobuf from 'protobufjs'
import { contracts, termsOf, type Contract, type Encoding } from '../contract.ts'
import { readMessage } from './read-message.ts'
import { writeMessage, type OrderReport } from './write-message.ts'

const id = '018f3a5b-7c2d-7e3f-8a4b-5c6d7e8f9a0b'
const courier_id = '018f3a5b-7c2d-7e3f-8a4b-000000000001'
const address = { country: 'Россия', city: 'Коломна', street: 'Посадская', house: '12', apartment: '7' }

type Field = readonly [number: number, value: string | number | Uint8Array]

/** Bytes by field numbers, as another program writes them: these tests do not trust the schemas of the module. */
function bytesOf(...fields: readonly Field[]): Uint8Array {
  const writer = protobuf.Writer.create()
  for (const [number, value] of fields)
    if (typeof value === 'number') writer.uint32(number << 3).int32(value)
    else writer.uint32((number << 3) | 2).bytes(typeof value === 'string' ? Buffer.from(value) : value)
  return writer.finish()
}

const addressBytes = bytesOf([1, 'Россия'], [2, 'Коломна'], [3, 'Посадская'], [4, '12'], [5, '7'])
const periodBytes = bytesOf([1, 10], [2, 12])
const itemBytes = protobuf.Writer.create()
  .uint32((3 << 3) | 2)
  .string('чай')
  .uint32((4 << 3) | 1)
  .double(99.5)
  .uint32(5 << 3)
  .int32(2)
  .finish()
const basket = (volume: readonly Field[]): Uint8Array =>
  bytesOf([1, id], [2, addressBytes], [3, itemBytes], [4, periodBytes], ...volume)
const timeBytes = bytesOf([1, 1_763_715_600])

/** A confirmed basket of each generation, as bytes and as the JSON that libraries of the time write. */
const confirmed: Readonly<Record<Contract, Readonly<{ bytes: Uint8Array; json: object }>>> = {
  a: {
    bytes: basket([]),
    json: { basketId: id, address, items: [{ title: 'чай', price: 99.5 }], deliveryPeriod: { from: 10, to: 12 } },
  },
  b: {
    bytes: basket([[5, 6]]),
    json: { BasketId: id, Address: capitalised(address), Items: [], DeliveryPeriod: { From: 10, To: 12 }, Volume: 6 },
  },
  b2: { bytes: basket([[5, 6]]), json: { basket_id: id, address, delivery_period: { from: 10, to: 12 }, volume: 6 } },
  c: {
    bytes: bytesOf(
      [1, courier_id],
      [2, 'BasketConfirmedIntegrationEvent'],
      [3, timeBytes],
      [4, id],
      [5, addressBytes],
      [6, itemBytes],
      [7, periodBytes],
      [8, 6],
    ),
    json: {
      event_id: courier_id,
      event_type: 'BasketConfirmed',
      occurred_at: { seconds: 1_763_715_600, nanos: 0 },
      basket_id: id,
      address,
      delivery_period: { from: 10, to: 12 },
      volume: 6,
    },
  },
  d: { bytes: basket([[5, 6]]), json: { basketId: id, address, deliveryPeriod: { from: 10, to: 12 }, volume: 6 } },
}

function capitalised(fields: object): object {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name.charAt(0).toUpperCase() + name.slice(1), value as unknown]),
  )
}

const jsonOf = (fields: object) => Buffer.from(JSON.stringify(fields))
const read = (bytes: Uint8Array, contract: Contract, headers: Readonly<Record<string, string>> = {}) =>
  readMessage({ bytes, headers }, contract)
const issueOf = (bytes: Uint8Array, contract: Contract) => {
  const result = read(bytes, contract)
  return result.kind === 'malformed' ? result.issue : assert.fail(`${result.kind} is not malformed`)
}

for (const contract of contracts)
  test(`generation ${contract.toUpperCase()} reads a confirmed basket as JSON and as protobuf (DSP-4, DSP-6)`, () => {
    const message = {
      name: 'basket-confirmed',
      order_id: id,
      address,
      volume: contract === 'a' ? 1 : 6,
      period: { from: 10, to: 12 },
    }
    const { bytes, json } = confirmed[contract]
    assert.deepEqual(read(bytes, contract), { kind: 'known', message })
    assert.deepEqual(read(jsonOf(json), contract), { kind: 'known', message })
  })

test('the whole address goes to the geo service, and a street alone is a line (DSP-8)', () => {
  const { json } = confirmed.b2
  const onlyStreet = { ...json, address: { street: 'Посадская' }, delivery_period: undefined }
  const result = read(jsonOf(onlyStreet), 'b2')
  assert.ok(result.kind === 'known' && result.message.name === 'basket-confirmed')
  assert.equal(result.message.address, 'Посадская')
  assert.equal(result.message.period, undefined)
})

test('a cancelled basket is read in generation C (DSP-4, DSP-8)', () => {
  const bytes = bytesOf(
    [1, courier_id],
    [2, 'BasketCancelledIntegrationEvent'],
    [3, timeBytes],
    [4, id],
    [5, 'передумал'],
  )
  const message = { name: 'basket-cancelled', order_id: id, reason: 'передумал' }
  assert.deepEqual(read(bytes, 'c'), { kind: 'known', message })
  const json = { event_type: 'basket.cancelled', basket_id: id.toUpperCase(), reason: ' ' }
  assert.deepEqual(read(jsonOf(json), 'c'), { kind: 'known', message: { ...message, reason: 'basket-cancelled' } })
})

test('a message is found by its name, whatever package it has (DSP-6)', () => {
  const { bytes } = confirmed.b2
  for (const event_type of [
    'BasketConfirmed',
    'basket.confirmed',
    'basket.events.BasketConfirmedIntegrationEvent',
    'Basket.Events+BasketConfirmedEvent',
  ])
    assert.equal(read(bytes, 'b2', { event_type }).kind, 'known', event_type)
  assert.deepEqual(read(bytes, 'b2', { event_type: 'BasketRenamed' }), { kind: 'unknown', name: 'BasketRenamed' })
  const renamed = bytesOf([1, courier_id], [2, 'BasketRenamed'], [4, id])
  assert.deepEqual(read(renamed, 'c'), { kind: 'unknown', name: 'BasketRenamed' })
})

test('a message that is no message of its generation is malformed, and no order (DSP-4, DSP-6)', () => {
  const without = (field: string) => jsonOf({ ...confirmed.b2.json, [field]: undefined })
  assert.match(issueOf(without('basket_id'), 'b2'), /basket_id/)
  assert.match(issueOf(without('address'), 'b2'), /address/)
  assert.match(issueOf(without('volume'), 'b2'), /volume/)
  assert.match(issueOf(jsonOf({ ...confirmed.b2.json, basket_id: 'basket 7' }), 'b2'), /basket_id/)
  assert.match(issueOf(jsonOf({ ...confirmed.b2.json, volume: 0 }), 'b2'), /volume/)
  assert.match(issueOf(jsonOf({ ...confirmed.b2.json, volume: 2.5 }), 'b2'), /volume/)
  assert.match(issueOf(jsonOf({ ...confirmed.b2.json, volume: 1e9 }), 'b2'), /volume/)
  assert.match(issueOf(jsonOf({ ...confirmed.b2.json, address: { street: '  ' } }), 'b2'), /street is blank/)
  assert.match(issueOf(jsonOf({ ...confirmed.b2.json, address: { street: 'a\0b' } }), 'b2'), /address/)
  assert.match(issueOf(jsonOf({ ...confirmed.b2.json, address: { street: 'abc\ud800' } }), 'b2'), /street/)
  assert.match(issueOf(jsonOf([]), 'b2'), /./)
  for (const bytes of ['{', '', '[1]', 'null', '\u0000\u0001', '{"basket_id":1}'])
    assert.equal(read(Buffer.from(bytes), 'b2').kind, 'malformed', bytes)
})

test('no generation reads the bytes of another one whose field numbers differ (DSP-4)', () => {
  for (const other of ['a', 'b', 'b2', 'd'] as const) {
    assert.equal(read(confirmed.c.bytes, other).kind, 'malformed', `C as ${other}`)
    assert.equal(read(confirmed[other].bytes, 'c').kind, 'malformed', `${other} as C`)
  }
  assert.equal(read(confirmed.a.bytes, 'b').kind, 'malformed', 'A has no volume')
})

test('any bytes are read without an exception (DSP-4)', () => {
  fc.assert(
    fc.property(fc.constantFrom(...contracts), fc.uint8Array({ maxLength: 200 }), (contract, bytes) => {
      const { kind } = read(bytes, contract)
      assert.ok(kind === 'malformed' || kind === 'unknown' || kind === 'known')
    }),
  )
  fc.assert(
    fc.property(fc.constantFrom(...contracts), fc.json(), (contract, json) => {
      assert.ok(read(Buffer.from(json), contract).kind)
    }),
  )
})

const occurred_at = new Date('2026-11-21T09:00:00.250Z')
const report = (change: OrderReport['change']): OrderReport => ({
  event_id: courier_id,
  occurred_at,
  change,
  order_id: id,
  courier_id: change === 'created' ? undefined : courier_id,
})
const written = (change: OrderReport['change'], contract: Contract, encoding: Encoding) =>
  writeMessage(report(change), { contract, encoding })
const seconds = occurred_at.getTime() / 1000 - 0.25

test('each generation reports the changes that its programs expect (DSP-4)', () => {
  const expected: Readonly<Record<Contract, object>> = {
    a: { assigned: { orderId: id, orderStatus: 2 }, completed: { orderId: id, orderStatus: 3 } },
    b: { completed: { orderId: id, orderStatus: 3 } },
    c: {
      created: {
        event_id: courier_id,
        event_type: 'OrderCreated',
        occurred_at: { seconds, nanos: 250_000_000 },
        order_id: id,
      },
      completed: {
        event_id: courier_id,
        event_type: 'OrderCompleted',
        occurred_at: { seconds, nanos: 250_000_000 },
        order_id: id,
        courier_id,
      },
    },
    b2: { created: { order_id: id }, completed: { order_id: id, courier_id } },
    d: { assigned: { order_id: id }, completed: { order_id: id } },
  }
  for (const contract of contracts) {
    const messages = Object.fromEntries(
      (['created', 'assigned', 'completed'] as const).flatMap((change) => {
        const message = written(change, contract, 'json')
        return message ? [[change, JSON.parse(String(message.value)) as unknown]] : []
      }),
    )
    assert.deepEqual(messages, expected[contract], contract)
  }
})

test('the bytes of a report have the field numbers of its generation (DSP-4)', () => {
  const bytes = (change: OrderReport['change'], contract: Contract) => {
    const message = written(change, contract, 'protobuf')
    return message && new Uint8Array(message.value)
  }
  assert.deepEqual(bytes('assigned', 'a'), new Uint8Array(bytesOf([1, id], [2, 2])))
  assert.deepEqual(bytes('completed', 'b'), new Uint8Array(bytesOf([1, id], [2, 3])))
  assert.equal(bytes('created', 'b'), undefined)
  const time = bytesOf([1, seconds], [2, 250_000_000])
  assert.deepEqual(
    bytes('completed', 'c'),
    new Uint8Array(bytesOf([1, courier_id], [2, 'OrderCompleted'], [3, time], [4, id], [5, courier_id])),
  )
  assert.deepEqual(bytes('created', 'b2'), new Uint8Array(bytesOf([1, id])))
  assert.deepEqual(bytes('completed', 'b2'), new Uint8Array(bytesOf([1, id], [2, courier_id])))
  assert.deepEqual(bytes('assigned', 'd'), new Uint8Array(bytesOf([1, id])))
  assert.equal(written('assigned', 'd', 'protobuf')?.name, 'OrderAssigned')
})

test('the topics and the encoding are those of the generation (DSP-4)', () => {
  assert.deepEqual(
    contracts.map((contract) => [
      termsOf[contract].basketTopic,
      termsOf[contract].orderTopic,
      termsOf[contract].encoding,
    ]),
    [
      ['basket.confirmed', 'order.status.changed', 'json'],
      ['basket.confirmed', 'order.status.changed', 'json'],
      ['basket.events', 'order.events', 'protobuf'],
      ['baskets.events', 'orders.events', 'json'],
      ['basket.events', 'order.events', 'protobuf'],
    ],
  )
})
