import type { Channel } from 'rabbitmq-client'
import type { Queue, Topology } from '../broker.ts'
import { deadLetterName } from '../names.ts'

const replicated = { 'x-queue-type': 'quorum' as const }

/** A queue keeps its messages on disk and gives them to one consumer at a time: several would mix the order of a key. */
const queueArguments = (exchange: string) => ({
  ...replicated,
  'x-single-active-consumer': true,
  'x-dead-letter-exchange': deadLetterName(exchange),
  // RabbitMQ then keeps a rejected message until the queue of the dead letters has it.
  'x-dead-letter-strategy': 'at-least-once',
  'x-overflow': 'reject-publish' as const,
  // From version 4 on the server would drop a message that came back twenty times, as after a crash loop.
  'x-delivery-limit': 1_000_000_000,
})

/** The options that declare a queue of this exchange. */
export const queueOptions = ({ name }: Queue, exchange: string) => ({
  queue: name,
  durable: true,
  arguments: queueArguments(exchange),
})

/** The bindings of a queue: one for each event type. */
export const bindingsOf = ({ name, types }: Queue, exchange: string) =>
  types.map((routingKey) => ({ queue: name, exchange, routingKey }))

/** Creates what is missing: the exchange, the queues of all consumers, and the dead letters. */
export async function declare(channel: Channel, { queues }: Topology, exchange: string): Promise<void> {
  const deadLetters = deadLetterName(exchange)
  await channel.exchangeDeclare({ exchange, type: 'topic', durable: true })
  await channel.exchangeDeclare({ exchange: deadLetters, type: 'topic', durable: true })
  await channel.queueDeclare({ queue: deadLetters, durable: true, arguments: replicated })
  await channel.queueBind({ queue: deadLetters, exchange: deadLetters, routingKey: '#' })
  for (const queue of queues) {
    await channel.queueDeclare(queueOptions(queue, exchange))
    for (const binding of bindingsOf(queue, exchange)) await channel.queueBind(binding)
  }
}
