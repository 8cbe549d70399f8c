import { testDatabase, type TestDatabase } from '#platform/testing'
import { onConnection } from '../../../platform/testing/postgres.ts'
import { modulesOf, type ServiceName } from '../../../apps/services/services.ts'

/** The modules whose tables the invariants join. */
const needed: ReadonlySet<string> = new Set(['catalog', 'ordering', 'payments', 'delivery'])

/** Makes a database that shows the tables of every service, as foreign tables, so that one statement can compare them. */
export async function openUnitedDatabase(databases: ReadonlyMap<ServiceName, string>): Promise<TestDatabase> {
  const united = await testDatabase({ parts: [], size: 1 })
  await onConnection(united.url, async (client) => {
    await client.query('create extension postgres_fdw')
    for (const [service, url] of databases) {
      const { hostname, port, pathname, username, password } = new URL(url)
      const text = (value: string) => client.escapeLiteral(decodeURIComponent(value))
      await client.query(`
        create server ${service} foreign data wrapper postgres_fdw
          options (host ${text(hostname)}, port ${text(port)}, dbname ${text(pathname.slice(1))});
        create user mapping for current_user server ${service}
          options (user ${text(username)}, password ${text(password)});
      `)
      for (const module of modulesOf(service).filter((name) => needed.has(name)))
        await client.query(`
          create schema ${module};
          import foreign schema ${module} from server ${service} into ${module}
            options (import_default 'false', import_generated 'false');
        `)
    }
  })
  return united
}
