import { readConfig, type Config } from '#platform/config'
import { openApp, type App } from '../app.ts'

/** The configuration of this process: its environment over `.env`. */
export const configHere = (): Config => readConfig(process.env, { dotenv: '.env' })

/**
 * Opens the house for one command and closes it again, whatever happens. What takes time is said on standard error.
 * `asFound` leaves the schemas as they are.
 */
export async function withApp<Result>(work: (app: App) => Promise<Result>, { asFound = false } = {}): Promise<Result> {
  const config = configHere()
  const announce = (line: string) => process.stderr.write(`${line}\n`)
  const app = await openApp({ config: asFound ? { ...config, migrateOnStart: false } : config, announce })
  try {
    return await work(app)
  } finally {
    await app.close()
  }
}

/** Prints a result for people, or as JSON for programs. */
export function print(result: object, { json }: { json?: boolean | undefined }): void {
  if (json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
  else if (Array.isArray(result) && result.length === 0) process.stdout.write('none\n')
  else console.table(result)
}
