import { networkTo, skipWithout, testServers } from '#platform/broker/testing'
import { newId } from '#platform/values'
import { transportContract } from './transport.contract.ts'

const exchange = `test-${newId().slice(-12)}`
const { rabbitmq, kafka } = testServers

transportContract('the embedded broker', {
  settings: { kind: 'embedded', exchange, queuePrefix: '' },
  recovery: 5000,
})

transportContract(
  'RabbitMQ',
  {
    settings: { kind: 'rabbitmq', url: rabbitmq ?? '', exchange, queuePrefix: '' },
    network: networkTo(rabbitmq),
    recovery: 30_000,
  },
  { skip: skipWithout('RABBITMQ_URL', rabbitmq) },
)

transportContract(
  'Kafka',
  {
    settings: {
      kind: 'kafka',
      exchange,
      queuePrefix: '',
      kafka: { bootstrapServers: (kafka ?? '').split(','), partitions: 2, tls: false, login: undefined },
    },
    network: networkTo(kafka),
    recovery: 60_000,
  },
  { skip: skipWithout('KAFKA_BOOTSTRAP_SERVERS', kafka) },
)
