export type {
  BatchHandler,
  Broker,
  Consumption,
  OutgoingMessage,
  Queue,
  ReceivedMessage,
  Topology,
  Verdict,
} from './broker.ts'
export { kafkaLoginOf, kafkaServers, saslMechanism, type KafkaConnection } from './kafka-settings.ts'
export { queueName } from './names.ts'
export { openBroker } from './open-broker.ts'
export { brokerSettings, type BrokerSettings } from './settings.ts'
