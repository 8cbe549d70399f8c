import type { BaseOptions } from '@platformatic/kafka'
import { seconds } from '#platform/values'
import type { KafkaConnection } from '../kafka-settings.ts'

/** The options of every client of a Kafka cluster. */
export const clientOptions = ({ bootstrapServers, tls, login }: KafkaConnection): BaseOptions => ({
  clientId: 'posad',
  bootstrapBrokers: [...bootstrapServers],
  connectTimeout: seconds(3),
  requestTimeout: seconds(10),
  ...(tls && { tls: {} }),
  ...(login && { sasl: login }),
})
