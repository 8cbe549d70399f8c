import { randomUUID } from 'node:crypto'
import { testDatabase } from '#platform/testing'
import { databaseVariableOf, serviceNames } from '../../apps/services/services.ts'

/** The variable that names the server of each broker. */
const servers: Readonly<Record<string, string>> = { rabbitmq: 'RABBITMQ_URL', kafka: 'KAFKA_BOOTSTRAP_SERVERS' }

/**
 * A database for each service but the shop, which has that of the test, and a broker between them. Tests look at stock, and so into
 * the database of the shop.
 */
export async function openOwnDatabases(broker: string, ofShop: string) {
  const variable = servers[broker]
  if (!variable)
    throw new Error(`There is no topology ${broker}: choose one, shared, ${Object.keys(servers).join(' or ')}`)
  const server = process.env[variable]
  if (!server)
    throw new Error(`The topology ${broker} needs ${variable}: scripts/services.sh up ${broker} starts a server`)
  const others = serviceNames.filter((service) => service !== 'shop')
  const databases = await Promise.all(
    others.map(async (service) => [service, await testDatabase({ size: 1 })] as const),
  )
  const exchange = `posad-test-${randomUUID().slice(0, 8)}`
  return {
    urls: [ofShop, ...databases.map(([, { url }]) => url)],
    environment: {
      [databaseVariableOf('shop')]: ofShop,
      ...Object.fromEntries(databases.map(([service, { url }]) => [databaseVariableOf(service), url])),
      EVENT_BROKER_TYPE: broker,
      EVENT_EXCHANGE: exchange,
      EVENT_QUEUE_PREFIX: exchange,
      [variable]: server,
    },
    close: async () => void (await Promise.all(databases.map(([, database]) => database.close()))),
  }
}
