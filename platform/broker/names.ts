/** Flower Shop's names, for programs that use its queues. */
const flowerShopNames: Readonly<Record<string, string>> = {
  'payments ordering': 'payment_order_events',
  'ordering payments': 'ordering_payment_events',
  'ordering delivery': 'ordering_delivery_events',
  'delivery ordering': 'delivery_order_events',
}

/** The name of the queue in which `consumer` receives the events of `source`; both are names of modules. */
export const queueName = (consumer: string, source: string): string =>
  flowerShopNames[`${consumer} ${source}`] ?? `${consumer}_${source}_events`

/** The exchange of the dead letters, and their queue on RabbitMQ or their topic on Kafka. */
export const deadLetterName = (exchange: string): string => `${exchange}.dead-letters`
