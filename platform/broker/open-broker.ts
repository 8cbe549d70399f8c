import type { Log } from '#platform/telemetry'
import type { Broker, Topology } from './broker.ts'
import { embeddedBroker } from './embedded/embedded-broker.ts'
import type { BrokerSettings } from './settings.ts'

type Needs = Readonly<{ settings: BrokerSettings; topology: Topology; log: Log }>

/**
 * Opens the broker that the settings name. It connects in the background: a broker that is away delays no start. The client
 * libraries load only here, so a program without a broker needs no memory for them.
 */
export async function openBroker({ settings, topology, log }: Needs): Promise<Broker> {
  const { exchange } = settings
  if (settings.kind === 'rabbitmq') {
    const { rabbitmqBroker } = await import('./rabbitmq/rabbitmq-broker.ts')
    return rabbitmqBroker({ url: settings.url, exchange, topology, log })
  }
  if (settings.kind === 'kafka') {
    const { kafkaBroker } = await import('./kafka/kafka-broker.ts')
    return kafkaBroker({ settings: settings.kafka, exchange, topology, log })
  }
  return embeddedBroker({ topology, log })
}
