import { quietLog } from '#platform/telemetry'
import { newId } from '#platform/values'
import { brokerContract } from '../broker.contract.ts'
import { openBroker } from '../open-broker.ts'
import { networkTo, skipWithout, testServers } from '#platform/broker/testing'

const servers = testServers.kafka
const kafka = { bootstrapServers: (servers ?? '').split(','), partitions: 2, tls: false, login: undefined }
const settings = { kind: 'kafka', kafka, exchange: `test-${newId()}`, queuePrefix: '' } as const

brokerContract(
  'Kafka',
  {
    stores: true,
    recovery: 60_000,
    network: networkTo(servers),
    open: (topology) => openBroker({ settings, topology, log: quietLog }),
  },
  { skip: skipWithout('KAFKA_BOOTSTRAP_SERVERS', servers) },
)
