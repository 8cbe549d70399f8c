import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Connection } from 'rabbitmq-client'
import { quietLog } from '#platform/telemetry'
import { newId } from '#platform/values'
import { brokerContract } from '../broker.contract.ts'
import { openBroker } from '../open-broker.ts'
import { networkTo, skipWithout, testServers } from '#platform/broker/testing'

const url = testServers.rabbitmq
const skip = skipWithout('RABBITMQ_URL', url)
const settings = { kind: 'rabbitmq', url: url ?? '', exchange: `test-${newId()}`, queuePrefix: '' } as const

brokerContract(
  'RabbitMQ',
  {
    stores: true,
    recovery: 30_000,
    network: networkTo(url),
    open: (topology) => openBroker({ settings, topology, log: quietLog }),
  },
  { skip },
)

test(
  'a queue that was deleted is declared again, and the message that found none is published again (PLT-3)',
  { skip },
  async () => {
    const source = `things${newId().slice(-12)}`
    const type = `${source}.thing-happened.v1`
    const queue = { name: `reader_${source}_events`, source, types: [type] }
    const topology = { sources: [source], queues: [queue] }
    const broker = await openBroker({ settings, topology, log: quietLog })
    const client = new Connection(url)
    client.on('error', () => {})
    const message = { id: newId(), type, source, key: 'a', headers: {}, body: '{}' }
    try {
      await broker.publish([message])
      await client.queueDelete({ queue: queue.name })
      await assert.rejects(broker.publish([message]), /The queue for .* does not answer/)
      await broker.publish([message])
      const { messageCount } = await client.queueDeclare({ queue: queue.name, passive: true })
      assert.equal(messageCount, 1)
    } finally {
      await broker.close()
      await client.close()
    }
  },
)
