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
export { queueName } from './names.ts'
export { openBroker } from './open-broker.ts'
export { brokerSettings, type BrokerSettings } from './settings.ts'
