import { openApp, type App, type SchemaPolicy } from '../app.ts'
import { readAppConfig, type Config } from '../config.ts'

/** The settings of this process: its environment over the file `.env`. */
export const readOwnConfig = (): Config => readAppConfig(process.env, { dotenv: '.env' })

type Options = Readonly<{ schema?: SchemaPolicy; announce?: (line: string) => void }>

/**
 * Opens the app for one command and closes it afterwards. A command refuses a database with pending migrations unless
 * `schema` says otherwise. Slow steps are announced on standard error.
 */
export async function withApp<Result>(work: (app: App) => Promise<Result>, options: Options = {}): Promise<Result> {
  const { schema = 'current', announce = (line) => process.stderr.write(`${line}\n`) } = options
  const app = await openApp({ config: readOwnConfig(), announce, schema })
  try {
    return await work(app)
  } finally {
    await app.close()
  }
}
