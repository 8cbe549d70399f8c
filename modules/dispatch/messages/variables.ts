import { kafkaLoginOf, kafkaServers, saslMechanism } from '#platform/broker'
import {
  ConfigError,
  flag,
  oneOf,
  optional,
  secret,
  text,
  withDefault,
  type Kind,
  type ValuesOf,
} from '#platform/config'
import { encodings, termsOf, type Contract } from '../contract.ts'

const topicName: Kind<string> = {
  expects: 'letters, digits, dots, hyphens and underscores, at most 200',
  parse: (given) => (/^[\w.-]{1,200}$/.test(given) ? given : undefined),
}

const timeZone: Kind<string> = {
  expects: 'a time zone such as Europe/Moscow',
  parse: (given) => {
    try {
      return Intl.DateTimeFormat('en', { timeZone: given }).resolvedOptions().timeZone
    } catch {
      return undefined
    }
  },
}

/** The settings of the messages of the Delivery system. */
export const messageVariables = {
  DISPATCH_KAFKA_BOOTSTRAP_SERVERS: optional(
    kafkaServers,
    'The Kafka of the Delivery system, host:port, separated by commas: its baskets become orders of the grid.',
  ),
  DISPATCH_KAFKA_TLS: withDefault(flag, 'false', 'Encrypt the connections to that Kafka.'),
  DISPATCH_KAFKA_SASL_MECHANISM: withDefault(saslMechanism, 'PLAIN', 'PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512.'),
  DISPATCH_KAFKA_USERNAME: optional(text(1, 255), 'The user at that Kafka; without one the program does not log in.'),
  DISPATCH_KAFKA_PASSWORD: secret(text(), 'The password at that Kafka.'),
  DISPATCH_KAFKA_CONSUMER_GROUP: withDefault(
    topicName,
    'delivery-service-group',
    'The consumer group of the topic of baskets; all processes of the shop share it.',
  ),
  DISPATCH_KAFKA_BASKET_TOPIC: optional(topicName, 'The topic of baskets; that of the generation when absent.'),
  DISPATCH_KAFKA_ORDER_TOPIC: optional(topicName, 'The topic of orders; that of the generation when absent.'),
  DISPATCH_KAFKA_ENCODING: optional(
    oneOf(...encodings),
    'The format of the messages about orders, json or protobuf; that of the generation when absent. Both formats are read.',
  ),
  DISPATCH_PERIOD_UNIT: withDefault(
    oneOf('hours', 'minutes'),
    'hours',
    'The unit of the delivery periods of baskets within a day.',
  ),
  DISPATCH_TIME_ZONE: withDefault(timeZone, 'Europe/Moscow', 'The time zone of these periods.'),
}

/** The messages of the Delivery system; undefined without its Kafka. */
export function messagesOf(values: ValuesOf<typeof messageVariables>, contract: Contract) {
  const { DISPATCH_KAFKA_BOOTSTRAP_SERVERS: bootstrapServers } = values
  if (!bootstrapServers) return undefined
  const login = kafkaLoginOf('DISPATCH_', {
    mechanism: values.DISPATCH_KAFKA_SASL_MECHANISM,
    username: values.DISPATCH_KAFKA_USERNAME,
    password: values.DISPATCH_KAFKA_PASSWORD,
  })
  const terms = termsOf[contract]
  const basketTopic = values.DISPATCH_KAFKA_BASKET_TOPIC ?? terms.basketTopic
  const orderTopic = values.DISPATCH_KAFKA_ORDER_TOPIC ?? terms.orderTopic
  if (basketTopic === orderTopic)
    throw new ConfigError(
      `DISPATCH_KAFKA_BASKET_TOPIC and DISPATCH_KAFKA_ORDER_TOPIC are both ${orderTopic}: expected two topics`,
    )
  return {
    connection: { bootstrapServers, tls: values.DISPATCH_KAFKA_TLS, login },
    consumerGroup: values.DISPATCH_KAFKA_CONSUMER_GROUP,
    basketTopic,
    orderTopic,
    encoding: values.DISPATCH_KAFKA_ENCODING ?? terms.encoding,
  }
}
