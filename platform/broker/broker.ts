/** A message for a broker. Brokers keep the order of the messages of one key. */
export type OutgoingMessage = Readonly<{
  /** The id of the event. */
  id: string
  /** The event type; RabbitMQ routes by it. */
  type: string
  /** The module that published the event. */
  source: string
  key: string
  headers: Readonly<Record<string, string>>
  /** JSON. */
  body: string
}>

/** A message from a broker. Any program may have sent it, so nothing in it is checked. */
export type ReceivedMessage = Readonly<{ headers: Readonly<Record<string, string>>; body: string }>

/**
 * The queue of one service for the events of one module. On Kafka it is a consumer group that reads the module's topic, and
 * also receives types that it does not name.
 */
export type Queue = Readonly<{
  name: string
  /** The module whose events it holds. */
  source: string
  /** The event types that reach it. */
  types: readonly string[]
}>

/** Everything that exists at the broker: the modules that publish, and every queue for their events. */
export type Topology = Readonly<{ sources: readonly string[]; queues: readonly Queue[] }>

/** The decision about a received message: `accepted` removes it from its queue, `malformed` moves it to the dead letters. */
export type Verdict = 'accepted' | 'malformed'

/**
 * Takes messages in the order of their keys and returns one verdict each. The broker delivers them again, to this process or
 * to another one, unless it returns. When it throws, it is called again after a pause, with the same messages.
 */
export type BatchHandler = (messages: readonly ReceivedMessage[]) => Promise<readonly Verdict[]>

/** A running consumer of a queue. */
export type Consumption = Readonly<{
  /** Takes no further message and waits for the running batch. */
  stop: () => Promise<void>
}>

/** A message broker. It delivers at least once, and in order per key. */
export type Broker = Readonly<{
  kind: 'embedded' | 'rabbitmq' | 'kafka'
  /**
   * Publishes messages in order. Resolves when the broker has stored all of them. Throws when it may have lost one: publish
   * all of them again. Throws `Unavailable` when the broker does not answer, or lacks a queue of the topology.
   */
  publish: (messages: readonly OutgoingMessage[]) => Promise<void>
  /** Consumes a queue. One consumer of a queue, or of a key on Kafka, is active at a time; the others wait for its end. */
  consume: (queue: Queue, handle: BatchHandler) => Consumption
  /** Throws when the broker does not answer. */
  probe: () => Promise<void>
  /** The number of messages among the dead letters of this exchange. */
  countDeadLetters: () => Promise<number>
  /** Stops every consumer and closes the connections. */
  close: () => Promise<void>
}>
