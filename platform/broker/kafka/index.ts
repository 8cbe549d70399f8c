/*
 * Topics of other systems on Kafka. Load it with `import()`: the client library needs memory that a program without Kafka
 * saves.
 */
export { handleUntilAccepted } from '../handle-until-accepted.ts'
export { consumeTopic, type KafkaMessage } from './consume-topic.ts'
export { deadLetterOf } from './consumer.ts'
export { headersOf, Publisher } from './publisher.ts'
export { openTopics } from './open-topics.ts'
