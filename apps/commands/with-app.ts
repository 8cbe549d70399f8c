import { openApp, type App } from '../app.ts'
import { readAppConfig, type Config } from '../config.ts'

/** The settings of this process: its environment over the file `.env`. */
export const readOwnConfig = (): Config => readAppConfig(process.env, { dotenv: '.env' })

/**
 * Opens the app for one command and closes it afterwards. Slow steps are announced on standard error. `migrates: false`
 * leaves the schemas as they are.
 */
export async function withApp<Result>(
  work: (app: App) => Promise<Result>,
  options: { migrates?: boolean } = {},
): Promise<Result> {
  const announce = (line: string) => process.stderr.write(`${line}\n`)
  const app = await openApp({ config: readOwnConfig(), announce, ...options })
  try {
    return await work(app)
  } finally {
    await app.close()
  }
}

/** Prints one line. */
export const printLine = (line: string): void => void process.stdout.write(`${line}\n`)

/** Prints a result as a table, or as JSON for programs. */
export function print(result: object, { json }: { json?: boolean | undefined }): void {
  if (json) printLine(JSON.stringify(result, null, 2))
  else if (Array.isArray(result) && result.length === 0) printLine('none')
  else console.table(result)
}
