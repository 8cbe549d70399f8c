import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from '#platform/config'
import { dispatchSettings } from '../settings.ts'

const read = (environment: Readonly<Record<string, string>>) =>
  readConfig(environment, { topics: { dispatch: dispatchSettings } }).dispatch
const DISPATCH_KAFKA_BOOTSTRAP_SERVERS = 'kafka-1:9092, kafka-2:9092'

test('without a Kafka of the Delivery system there are no messages (DSP-4)', () => {
  assert.equal(read({ EVENT_BROKER_TYPE: 'kafka', KAFKA_BOOTSTRAP_SERVERS: 'kafka:9092' }).messages, undefined)
})

test('the generation chooses topics and encoding, and settings choose others (DSP-4)', () => {
  const { messages, contract, period } = read({ DISPATCH_KAFKA_BOOTSTRAP_SERVERS, DISPATCH_CONTRACT: 'B2' })
  assert.equal(contract, 'b2')
  assert.deepEqual(messages, {
    connection: { bootstrapServers: ['kafka-1:9092', 'kafka-2:9092'], tls: false, login: undefined },
    consumerGroup: 'delivery-service-group',
    basketTopic: 'basket.events',
    orderTopic: 'order.events',
    encoding: 'protobuf',
  })
  assert.deepEqual(period, { unit: 'hours', zone: 'Europe/Moscow' })
  const other = read({
    DISPATCH_KAFKA_BOOTSTRAP_SERVERS,
    DISPATCH_CONTRACT: 'D',
    DISPATCH_KAFKA_BASKET_TOPIC: 'baskets.events',
    DISPATCH_KAFKA_ORDER_TOPIC: 'orders.events',
    DISPATCH_KAFKA_ENCODING: 'json',
    DISPATCH_KAFKA_USERNAME: 'delivery',
    DISPATCH_KAFKA_PASSWORD: 'secret of the cluster',
    DISPATCH_KAFKA_SASL_MECHANISM: 'scram-sha-512',
  }).messages
  assert.equal(other?.encoding, 'json')
  assert.deepEqual([other?.basketTopic, other?.orderTopic], ['baskets.events', 'orders.events'])
  assert.equal(other?.connection.login?.mechanism, 'SCRAM-SHA-512')
})

test('settings that contradict each other stop the start (DSP-4)', () => {
  for (const [wrong, expected] of [
    [{ DISPATCH_KAFKA_USERNAME: 'delivery' }, /DISPATCH_KAFKA_PASSWORD/],
    [{ DISPATCH_KAFKA_ORDER_TOPIC: 'basket.confirmed' }, /expected two topics/],
    [{ DISPATCH_KAFKA_BASKET_TOPIC: 'a topic' }, /DISPATCH_KAFKA_BASKET_TOPIC/],
    [{ DISPATCH_TIME_ZONE: 'Moscow' }, /DISPATCH_TIME_ZONE/],
    [{ DISPATCH_CONTRACT: 'E' }, /DISPATCH_CONTRACT/],
  ] as const)
    assert.throws(() => read({ DISPATCH_KAFKA_BOOTSTRAP_SERVERS, ...wrong }), expected, JSON.stringify(wrong))
})
