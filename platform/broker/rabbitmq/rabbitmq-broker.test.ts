import { quietLog } from '#platform/telemetry'
import { newId } from '#platform/values'
import { brokerContract } from '../broker.contract.ts'
import { openBroker } from '../open-broker.ts'
import { networkTo, skipWithout, testServers } from '#platform/broker/testing'

const url = testServers.rabbitmq
const settings = { kind: 'rabbitmq', url: url ?? '', exchange: `test-${newId()}`, queuePrefix: '' } as const

brokerContract(
  'RabbitMQ',
  {
    stores: true,
    recovery: 30_000,
    network: networkTo(url),
    open: (topology) => openBroker({ settings, topology, log: quietLog }),
  },
  { skip: skipWithout('RABBITMQ_URL', url) },
)
