import { inspect } from 'node:util'
import { readerOf } from './environment.ts'
import { database, databaseOf } from './topics/database.ts'
import { machinery, machineryNotices, machineryOf } from './topics/machinery.ts'
import { program, programOf } from './topics/program.ts'
import { limits, limitsOf, shop, shopOf } from './topics/shop.ts'
import { tokens, tokensOf } from './topics/tokens.ts'

/** Everything the environment says, typed; read once by the composition root and handed out in values. */
export type Config = ReturnType<typeof readAll>

type Sources = Readonly<{
  /** Path of a `.env` file, read when it exists; the real environment wins over it. */
  dotenv?: string
}>

/**
 * Reads and checks the environment. Throws a ConfigError whose message is one line: variable, value (never of a secret) and
 * what is expected. Printed or logged as a whole, a Config shows no secret.
 */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
  { dotenv }: Sources = {},
): Config {
  const secrets = new Set<string>()
  const config = readAll(environment, dotenv, (secret) => secrets.add(secret))
  const shown = () => withoutSecrets(config, secrets)
  Object.defineProperties(config, { toJSON: { value: shown }, [inspect.custom]: { value: shown } })
  return config
}

function readAll(
  environment: Readonly<Record<string, string | undefined>>,
  dotenv: string | undefined,
  keep: (secret: string) => void,
) {
  const read = readerOf(environment, dotenv, keep)
  const about = programOf(read.topic(program))
  const machines = read.topic(machinery)
  const ofServices = read.family('DATABASE_URL_', database.families.DATABASE_URL_)
  return {
    ...about,
    database: databaseOf(read.topic(database), { directory: about.directory, ofServices }),
    tokens: tokensOf(read.topic(tokens), about.directory),
    ...machineryOf(machines, about.debug),
    ...shopOf(read.topic(shop)),
    limits: limitsOf(read.topic(limits)),
    /** What the start says about settings that have no effect in this version. */
    notices: machineryNotices(machines),
  }
}

/** Replaces every text that holds a secret: secrets travel inside of addresses too. */
function withoutSecrets(value: unknown, secrets: ReadonlySet<string>): unknown {
  if (typeof value === 'string') {
    const holds = [...secrets].some((secret) => value.includes(secret) || value.includes(encodeURIComponent(secret)))
    return holds ? '[secret]' : value
  }
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, secrets))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutSecrets(item, secrets)]))
}
