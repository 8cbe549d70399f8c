import {
  ConfigError,
  flag,
  integer,
  oneOf,
  optional,
  secret,
  settings,
  text,
  withDefault,
  type Kind,
} from '#platform/config'
import { kafkaLoginOf, kafkaServers, saslMechanism, type KafkaConnection } from './kafka-settings.ts'

/** How this process reaches the broker. */
export type BrokerSettings = Readonly<{
  /** The topic exchange on RabbitMQ, and the beginning of every topic on Kafka. */
  exchange: string
  /** Put before the names of queues and consumer groups. */
  queuePrefix: string
}> &
  (
    | Readonly<{ kind: 'embedded' }>
    | Readonly<{ kind: 'rabbitmq'; url: string }>
    | Readonly<{ kind: 'kafka'; kafka: KafkaSettings }>
  )

export type KafkaSettings = KafkaConnection & Readonly<{ partitions: number }>

const amqpUrl: Kind<string> = {
  expects: 'an address such as amqp://user:password@host:5672/virtual-host',
  parse: (given) => (/^amqps?:$/.test(URL.parse(given)?.protocol ?? '') ? given : undefined),
}

const brokerName: Kind<string> = {
  expects: 'letters, digits, dots, hyphens and underscores, at most 60',
  parse: (given) => (/^[\w.-]{1,60}$/.test(given) ? given : undefined),
}

/** The settings of the broker that carries events between services. */
export const brokerSettings = settings({
  title: 'The broker: carries events between services that run in processes of their own',
  variables: {
    EVENT_BROKER_TYPE: withDefault(
      oneOf('embedded', 'rabbitmq', 'kafka'),
      'embedded',
      'The broker; embedded needs no server and serves one process, or several over one database.',
    ),
    EVENT_EXCHANGE: withDefault(
      brokerName,
      'posad',
      "The topic exchange on RabbitMQ and the beginning of every topic on Kafka; Flower Shop's is flower_shop.",
    ),
    EVENT_QUEUE_PREFIX: optional(brokerName, 'Put before the names of queues, for several shops on one RabbitMQ.'),
    RABBITMQ_URL: secret(amqpUrl, 'The address of RabbitMQ, amqp://user:password@host:5672/virtual-host.'),
    KAFKA_BOOTSTRAP_SERVERS: optional(kafkaServers, 'The addresses of Kafka, host:port, separated by commas.'),
    KAFKA_PARTITIONS: withDefault(
      integer(1, 1000),
      '6',
      'Partitions of the topics that the program creates: at most this many processes of a service share a topic.',
    ),
    KAFKA_TLS: withDefault(flag, 'false', 'Encrypt the connections to Kafka.'),
    KAFKA_SASL_MECHANISM: withDefault(saslMechanism, 'PLAIN', 'PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512.'),
    KAFKA_USERNAME: optional(text(1, 255), 'The user at Kafka; without one the program does not log in.'),
    KAFKA_PASSWORD: secret(text(), 'The password at Kafka.'),
  },
  read: (values): BrokerSettings => {
    const names = { exchange: values.EVENT_EXCHANGE, queuePrefix: values.EVENT_QUEUE_PREFIX ?? '' }
    if (values.EVENT_BROKER_TYPE === 'embedded') return { ...names, kind: 'embedded' }
    if (values.EVENT_BROKER_TYPE === 'rabbitmq') {
      if (!values.RABBITMQ_URL) throw new ConfigError('EVENT_BROKER_TYPE is rabbitmq: expected RABBITMQ_URL beside it')
      return { ...names, kind: 'rabbitmq', url: values.RABBITMQ_URL }
    }
    if (!values.KAFKA_BOOTSTRAP_SERVERS)
      throw new ConfigError('EVENT_BROKER_TYPE is kafka: expected KAFKA_BOOTSTRAP_SERVERS beside it')
    const { KAFKA_USERNAME: username, KAFKA_PASSWORD: password, KAFKA_SASL_MECHANISM: mechanism } = values
    return {
      ...names,
      kind: 'kafka',
      kafka: {
        bootstrapServers: values.KAFKA_BOOTSTRAP_SERVERS,
        partitions: values.KAFKA_PARTITIONS,
        tls: values.KAFKA_TLS,
        login: kafkaLoginOf('', { mechanism, username, password }),
      },
    }
  },
})
