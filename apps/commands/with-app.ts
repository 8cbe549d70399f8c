import { openApp, type App } from '../app.ts'
import { readAppConfig, type Config } from '../config/config.ts'
import { refuseServiceDatabases, serviceConfigOf } from '../config/service-config.ts'
import type { SchemaPolicy } from '../database/open-database.ts'

/** The settings of this process: its environment over the file `.env`. */
export const readOwnConfig = (): Config => readAppConfig(process.env, { dotenv: '.env' })

/** The service that `POSAD_SERVICE` names, with its settings; otherwise the whole. */
function ownServiceOf(config: Config) {
  const service = config.services.ofCommands
  if (service !== undefined) return { config: serviceConfigOf(config, service, { isSingle: true }), service }
  refuseServiceDatabases(config)
  return { config }
}

type Options = Readonly<{ schema?: SchemaPolicy; announce?: (line: string) => void }>

/**
 * Opens the app for one command and closes it afterwards. A command refuses a database with pending migrations unless
 * `schema` says otherwise. Slow steps are announced on standard error.
 */
export async function withApp<Result>(work: (app: App) => Promise<Result>, options: Options = {}): Promise<Result> {
  const { schema = 'current', announce = (line) => process.stderr.write(`${line}\n`) } = options
  const app = await openApp({ ...ownServiceOf(readOwnConfig()), announce, schema })
  try {
    return await work(app)
  } finally {
    await app.close()
  }
}
