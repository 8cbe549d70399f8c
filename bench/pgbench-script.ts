import { Client } from 'pg'
import { isId } from '#platform/values'
import { asText, type Recording } from './recording.ts'

/** The types of the parameters of each statement, by its text. */
export type ParameterTypes = ReadonlyMap<string, readonly string[]>

/** Asks the server for the types of the parameters: a replaced value is an expression and needs its type. */
export async function parameterTypes(url: string, recordings: readonly Recording[]): Promise<ParameterTypes> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const types = new Map<string, readonly string[]>()
  const texts = recordings.flatMap(({ statements }) => statements.map(({ text }) => text))
  for (const text of new Set(texts.filter((each) => each.includes('$1')))) {
    await client.query(`prepare recorded as ${text}`)
    const { rows } = await client.query('select parameter_types::text[] as types from pg_prepared_statements')
    await client.query('deallocate recorded')
    types.set(text, rows[0].types)
  }
  await client.end()
  return types
}

/** Makes a pgbench script of recorded statements, with their values in place of the parameters. Each run has its own `n`. */
export function scriptOf({ statements, fresh }: Recording, types: ParameterTypes): string {
  const filled = statements.map(({ text, values }) => {
    const literalOf = (_: string, place: string) =>
      literal(asText(values[Number(place) - 1]), { fresh, type: types.get(text)?.[Number(place) - 1] })
    return `${text.replace(/\$(\d+)/g, literalOf)};`
  })
  return ['\\set n :n + 1', ...filled].join('\n')
}

type Renewal = Readonly<{ fresh: readonly string[]; type: string | undefined }>

/** The literal of a parameter; where it contains fresh texts, an expression that replaces them. */
function literal(text: string | null, { fresh, type }: Renewal): string {
  if (text === null) return 'null'
  const found = fresh.filter((each) => text.includes(each))
  if (found.length === 0) return quoted(text)
  const parts = text
    .split(new RegExp(`(${found.map((each) => RegExp.escape(each)).join('|')})`))
    .filter((part) => part !== '')
  const expressions = parts.map((part) => (found.includes(part) ? newText(part, fresh.indexOf(part)) : quoted(part)))
  return `(${expressions.join(' || ')})::${type}`
}

const newText = (old: string, i: number): string =>
  isId(old)
    ? `'${i.toString(16).padStart(8, '0')}-0000-7000-8000-' || lpad(to_hex(:n::bigint), 12, '0')`
    : `to_hex(:n::bigint)`

/** pgbench reads a colon before a letter as a variable, inside quotes too. */
const quoted = (text: string): string =>
  `E'${text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "''")
    .replace(/:(?=[A-Za-z_])/g, '\\x3A')}'`
