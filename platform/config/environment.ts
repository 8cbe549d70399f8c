import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { ConfigError } from './config-error.ts'
import type { Variable } from './variable.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The text of a variable, and the name under which it was found. */
type Found = Readonly<{ name: string; text: string }>

/** Reads variables; throws a ConfigError for a wrong value. */
export type Reader = Readonly<{
  variable: <Value>(name: string, variable: Variable<Value>) => Value | undefined
  /** All variables whose names begin with `prefix`, by name. */
  family: <Value>(prefix: string, variable: Variable<Value>) => ReadonlyMap<string, Value>
}>

type Sources = Readonly<{
  environment: Environment
  /** Path of a `.env` file, which may be missing. */
  dotenv: string | undefined
  /** Receives every secret that was read. */
  onSecret: (secret: string) => void
}>

/**
 * Reads the environment over a `.env` file: the real environment wins, variable by variable. An empty variable counts as
 * absent. `<NAME>_FILE` names a file that holds the value.
 */
export function readerOf({ environment, dotenv, onSecret }: Sources): Reader {
  const layers = [
    { texts: environment, place: '' },
    { texts: readDotenv(dotenv), place: ` in ${dotenv}` },
  ]
  const read = <Value>(name: string, variable: Variable<Value>): Value | undefined => {
    for (const { texts, place } of layers) {
      const found = findOne([name, ...variable.aliases], texts, variable.isSecret)
      if (found) return parse(found, variable, { place, onSecret })
    }
    return variable.default === undefined ? undefined : variable.kind.parse(variable.default)
  }
  return {
    variable: read,
    family: (prefix, variable) => {
      const given = layers.flatMap(({ texts }) => Object.keys(texts).filter((name) => name.startsWith(prefix)))
      const names = new Set(given.filter((name) => name !== `${prefix}FILE`).map((name) => name.replace(/_FILE$/, '')))
      const found = [...names].map((name) => [name, read(name, variable)] as const)
      return new Map(found.filter((entry): entry is [string, NonNullable<(typeof entry)[1]>] => entry[1] !== undefined))
    },
  }
}

/** The variables of a `.env` file; none when it is missing. Windows editors put a byte order mark in front of the text. */
export function readDotenv(path: string | undefined): Environment {
  if (path === undefined) return {}
  return parseEnv(readText(path).replace(/^\uFEFF/, ''))
}

function readText(path: string): string {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw new ConfigError(`${path} cannot be read: ${(error as Error).message}`)
  }
  // PowerShell writes UTF-16 by default, in which no variable would be found.
  if (!isUtf8(bytes) || bytes.includes(0)) throw new ConfigError(`${path} is not UTF-8 text: save it as UTF-8`)
  return bytes.toString('utf8')
}

function findOne(names: readonly string[], texts: Environment, isSecret: boolean): Found | undefined {
  const found = names
    .flatMap((name) => [inVariable(name, texts), inFile(name, texts)])
    .filter((one) => one !== undefined)
  const [first] = found
  const other = found.find(({ text }) => text !== first?.text)
  if (!first || !other) return first
  const [one, two] = isSecret ? ['', ''] : [` (${shown(first.text)})`, ` (${shown(other.text)})`]
  throw new ConfigError(`${first.name}${one} and ${other.name}${two} are the same setting with two values: keep one`)
}

const inVariable = (name: string, texts: Environment): Found | undefined =>
  texts[name] ? { name, text: texts[name] } : undefined

function inFile(name: string, texts: Environment): Found | undefined {
  const path = texts[`${name}_FILE`]
  if (!path) return undefined
  try {
    const text = readFileSync(path, 'utf8').trimEnd()
    return text === '' ? undefined : { name: `${name}_FILE`, text }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new ConfigError(`${name}_FILE names ${shown(path)}, which cannot be read (${code})`)
  }
}

type Context = Readonly<{ place: string; onSecret: (secret: string) => void }>

function parse<Value>({ name, text }: Found, { kind, isSecret }: Variable<Value>, { place, onSecret }: Context): Value {
  const value = kind.parse(text.trim())
  if (value === undefined) {
    throw new ConfigError(`${name}${place} is ${isSecret ? 'wrong' : shown(text)}: expected ${kind.expects}`)
  }
  if (isSecret) onSecret(text.trim())
  return value
}

/** Quoted, on one line, at most 60 characters. */
const shown = (text: string) => JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text)
