import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { ConfigError } from './config-error.ts'
import type { Topic, ValuesOf, Variable, Variables } from './variable.ts'

type Texts = Readonly<Record<string, string | undefined>>

/** A variable as it was found: under which name, and its text. */
type Found = Readonly<{ name: string; text: string }>

/** Reads variables; throws a ConfigError at the first wrong one. */
export type Reader = Readonly<{
  topic: <Table extends Variables>(topic: Topic<Table>) => ValuesOf<Table>
  /** All variables whose names begin with `prefix`, by name. */
  family: <Value>(prefix: string, variable: Variable<Value>) => ReadonlyMap<string, Value>
}>

/**
 * The environment over a `.env` file: per variable the real environment wins. Empty is absent. `<NAME>_FILE` names a file
 * that holds the value. `keep` is handed every secret that was found.
 */
export function readerOf(environment: Texts, dotenv: string | undefined, keep: (secret: string) => void): Reader {
  const layers = [
    { texts: environment, place: '' },
    { texts: dotenvOf(dotenv), place: ` in ${dotenv}` },
  ]
  const read = <Value>(name: string, variable: Variable<Value>): Value | undefined => {
    for (const { texts, place } of layers) {
      const found = findOne([name, ...variable.aliases], texts, variable.secret)
      if (found) return parsed(found, variable, { place, keep })
    }
    return variable.default === undefined ? undefined : variable.kind.parse(variable.default)
  }
  return {
    topic: <Table extends Variables>({ variables }: Topic<Table>) =>
      Object.fromEntries(Object.entries(variables).map(([name, one]) => [name, read(name, one)])) as ValuesOf<Table>,
    family: (prefix, variable) => {
      const given = layers.flatMap(({ texts }) => Object.keys(texts).filter((name) => name.startsWith(prefix)))
      const names = new Set(given.filter((name) => name !== `${prefix}FILE`).map((name) => name.replace(/_FILE$/, '')))
      const found = [...names].map((name) => [name, read(name, variable)] as const)
      return new Map(found.filter((entry): entry is [string, NonNullable<(typeof entry)[1]>] => entry[1] !== undefined))
    },
  }
}

function dotenvOf(path: string | undefined): Texts {
  if (path === undefined) return {}
  try {
    return parseEnv(readFileSync(path, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw new ConfigError(`${path} cannot be read: ${(error as Error).message}`)
  }
}

function findOne(names: readonly string[], texts: Texts, secret: boolean): Found | undefined {
  const found = names
    .flatMap((name) => [directly(name, texts), fromFile(name, texts)])
    .filter((one) => one !== undefined)
  const [first] = found
  const other = found.find(({ text }) => text !== first?.text)
  if (!first || !other) return first
  const [one, two] = secret ? ['', ''] : [` (${shown(first.text)})`, ` (${shown(other.text)})`]
  throw new ConfigError(`${first.name}${one} and ${other.name}${two} are the same setting with two values: keep one`)
}

const directly = (name: string, texts: Texts): Found | undefined =>
  texts[name] ? { name, text: texts[name] } : undefined

function fromFile(name: string, texts: Texts): Found | undefined {
  const path = texts[`${name}_FILE`]
  if (!path) return undefined
  try {
    const text = readFileSync(path, 'utf8').trimEnd()
    return text === '' ? undefined : { name: `${name}_FILE`, text }
  } catch (error) {
    throw new ConfigError(
      `${name}_FILE names ${shown(path)}, which cannot be read (${(error as NodeJS.ErrnoException).code})`,
    )
  }
}

type Context = Readonly<{ place: string; keep: (secret: string) => void }>

function parsed<Value>({ name, text }: Found, { kind, secret }: Variable<Value>, { place, keep }: Context): Value {
  const value = kind.parse(text.trim())
  if (value === undefined) {
    throw new ConfigError(`${name}${place} is ${secret ? 'wrong' : shown(text)}: expected ${kind.expects}`)
  }
  if (secret) keep(text.trim())
  return value
}

/** Quoted, on one line and short. */
const shown = (text: string) => JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text)
