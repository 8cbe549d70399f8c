import { inspect } from 'node:util'
import { readDotenv, readerOf, type Environment } from './environment.ts'
import { ineffectiveVariables } from './ineffective-variables.ts'
import type { Topic } from './settings.ts'

type Topics = Readonly<Record<string, Topic>>

/** The value of every topic by the name that the app gives it. */
export type ConfigOf<All extends Topics> = Readonly<
  { [Name in keyof All]: ReturnType<All[Name]['read']> } & {
    /** Lines that the start prints about settings without an effect, such as a mistyped variable. */
    notices: readonly string[]
  }
>

type Sources<All extends Topics> = Readonly<{
  topics: All
  /** Path of a `.env` file, read when it exists; the real environment wins over it. */
  dotenv?: string
  /** Parts that come in later versions, by the beginning of their variables. */
  later?: Readonly<Record<string, string>>
}>

/**
 * Reads and checks the settings of all topics. Throws a ConfigError with one line: the variable, its value (never of a
 * secret) and what is expected. A printed or logged Config shows no secret.
 */
export function readConfig<const All extends Topics>(
  environment: Environment,
  { topics, dotenv, later = {} }: Sources<All>,
): ConfigOf<All> {
  refuseDoubles(topics)
  const secrets = new Set<string>()
  const reader = readerOf({ environment, dotenv, onSecret: (secret) => secrets.add(secret) })
  const values = Object.entries(topics).map(([name, topic]) => [name, topic.read(reader)])
  const all = Object.values(topics)
  const ineffective = ineffectiveVariables({ environment, file: readDotenv(dotenv), topics: all, later })
  const notices = [...all.flatMap((topic) => topic.notices(reader)), ...ineffective]
  const config = { ...Object.fromEntries(values), notices } as ConfigOf<All>
  const shown = () => withoutSecrets(config, secrets)
  Object.defineProperties(config, { toJSON: { value: shown }, [inspect.custom]: { value: shown } })
  return config
}

/** A variable belongs to one topic: two topics could give it different defaults. */
function refuseDoubles(topics: Topics): void {
  const owners = new Map<string, string>()
  for (const [topic, { variables, families }] of Object.entries(topics)) {
    for (const name of Object.keys({ ...variables, ...families })) {
      const owner = owners.get(name)
      if (owner !== undefined) throw new Error(`The topics ${owner} and ${topic} both declare ${name}`)
      owners.set(name, topic)
    }
  }
}

/** Replaces every text that contains a secret; an address may contain one too. */
function withoutSecrets(value: unknown, secrets: ReadonlySet<string>): unknown {
  if (typeof value === 'string') {
    const isSecret = [...secrets].some((secret) => value.includes(secret) || value.includes(encodeURIComponent(secret)))
    return isSecret ? '[secret]' : value
  }
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, secrets))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutSecrets(item, secrets)]))
}
