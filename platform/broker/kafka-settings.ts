import { ConfigError, type Kind } from '#platform/config'

/** How a client reaches a Kafka cluster. */
export type KafkaConnection = Readonly<{
  bootstrapServers: readonly string[]
  tls: boolean
  login: Readonly<{ mechanism: SaslMechanism; username: string; password: string }> | undefined
}>

const saslMechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const
type SaslMechanism = (typeof saslMechanisms)[number]

/** `host:port` of one or more servers, separated by commas. */
export const kafkaServers: Kind<readonly string[]> = {
  expects: 'addresses such as kafka-1:9092, separated by commas',
  parse: (given) => {
    const items = given
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean)
    return items.length > 0 && items.every((item) => /^[^\s:/]+:\d{1,5}$/.test(item)) ? items : undefined
  },
}

/** How a client proves who it is. */
export const saslMechanism: Kind<SaslMechanism> = {
  expects: saslMechanisms.join(' or '),
  parse: (given) => saslMechanisms.find((mechanism) => mechanism === given.toUpperCase()),
}

type Login = Readonly<{ mechanism: SaslMechanism; username: string | undefined; password: string | undefined }>

/** The login at Kafka; undefined without a user. `prefix` begins the names of the variables. Throws a ConfigError. */
export function kafkaLoginOf(prefix: string, { mechanism, username, password }: Login): KafkaConnection['login'] {
  if ((username === undefined) !== (password === undefined))
    throw new ConfigError(`${prefix}KAFKA_USERNAME and ${prefix}KAFKA_PASSWORD belong together: set both or neither`)
  return username !== undefined && password !== undefined ? { mechanism, username, password } : undefined
}
