import fc from 'fast-check'
import { parametersIn, type Operation } from '../api-document.ts'
import { fits, parametersFit } from './fits.ts'
import { invalidVariantsOf } from './invalid-variants.ts'
import { validValuesOf, type ValuesOf } from './valid-values.ts'

/**
 * A request to an operation. A valid one fits the API document, an invalid one has one change that does not fit, and an
 * ambiguous one may be accepted or refused.
 */
export type Attempt = Readonly<{
  kind: 'valid' | 'invalid' | 'ambiguous'
  description: string
  /** The path with the query. */
  path: string
  headers: Readonly<Record<string, string>>
  body: string | undefined
}>

type Texts = Readonly<Record<string, string>>

/** Requests to `operation`; two of five are not valid. */
export function attemptsOf(operation: Operation, valuesOf: ValuesOf): fc.Arbitrary<Attempt> {
  const valid = validAttemptsOf(operation, valuesOf)
  const index = fc.nat()
  return fc.oneof(
    { weight: 3, arbitrary: valid },
    { weight: 2, arbitrary: fc.tuple(valid, index).map(([attempt, n]) => invalidated(operation, attempt, n)) },
  )
}

type Parts = Readonly<{ path: Texts; query: Texts; header: Texts; body?: unknown }>

/** Valid requests to `operation`, with their parts. */
export function validAttemptsOf(operation: Operation, valuesOf: ValuesOf): fc.Arbitrary<Attempt & { parts: Parts }> {
  return fc
    .record({
      path: textsOf(operation, 'path', valuesOf),
      query: textsOf(operation, 'query', valuesOf),
      header: headersOf(operation, valuesOf),
      body: operation.body ? validValuesOf(operation.body, valuesOf) : fc.constant(undefined),
    })
    .map((parts) => attemptOf(operation, parts))
}

function attemptOf(operation: Operation, parts: Parts): Attempt & { parts: Parts } {
  const { path, query, header, body } = parts
  return {
    kind: 'valid',
    description: 'fits the API document',
    path: withQuery(fill(operation.path, path), new URLSearchParams(query).toString()),
    headers: header,
    body: operation.body ? JSON.stringify(body) : undefined,
    parts,
  }
}

/** `/orders/{id}` with `texts` for its parameters. */
export const fill = (path: string, texts: Texts): string =>
  path.replaceAll(/\{(\w+)\}/g, (_placeholder, name: string) => encodeURIComponent(texts[name] ?? ''))

const withQuery = (path: string, query: string) => (query === '' ? path : `${path}?${query}`)

function textsOf(operation: Operation, place: 'path' | 'query', valuesOf: ValuesOf): fc.Arbitrary<Texts> {
  const parameters = parametersIn(operation, place)
  const values = parameters.map(({ name, schema }) => {
    const field = place === 'path' ? `${operation.path.split(`/{${name}}`, 1)[0]} ${name}` : name
    return [name, validValuesOf(schema, valuesOf, field).map(textOf)] as const
  })
  const required = new Set(parameters.filter(({ required }) => required).map(({ name }) => name))
  // More than three filters at once would find nothing.
  return fc
    .subarray(values, { maxLength: place === 'path' ? values.length : Math.min(3, values.length) })
    .chain((optional) => {
      const sent = [...optional, ...values.filter(([name]) => required.has(name))]
      return fc.record(Object.fromEntries(sent))
    })
    .filter((texts) => parametersFit(operation, place, texts))
    .map((texts) => texts as Texts)
}

const textOf = (value: unknown): string => (Array.isArray(value) ? String(value[0] ?? '') : String(value))

/** Header values are ASCII, which their schemas do not say. */
function headersOf(operation: Operation, valuesOf: ValuesOf): fc.Arbitrary<Texts> {
  const values = parametersIn(operation, 'header').map(({ name, schema }) => {
    const { minLength = 1, maxLength = 50, pattern } = schema
    const known = valuesOf(name.toLowerCase().replace(/^x-/, '').replaceAll('-', '_')).filter((text) =>
      fits(schema, text),
    )
    const printable = `^[\\x21-\\x7e]{${minLength},${Math.min(maxLength, minLength + 30)}}$`
    const random = fc.stringMatching(new RegExp(pattern ?? printable))
    return [name, known.length > 0 ? fc.oneof(random, fc.constantFrom(...known)) : random] as const
  })
  return fc.record(Object.fromEntries(values), { requiredKeys: [] }).map((texts) => texts as Texts)
}

const badTexts = [
  '',
  'NaN',
  '-1',
  '0.5',
  '1e400',
  '99999999999999999999',
  'null',
  'x',
  '[object Object]',
  'x'.repeat(300),
]
const badQueries = [
  'surprise=1',
  '__proto__[x]=1',
  'constructor[prototype][x]=1',
  'page[]=1',
  'page=1&page=2',
  'page=0',
]
const badBytes = ['%00', '%ED%A0%80', '%ff', '%', '%c0%af', '%2f%2e%2e%2f', 'x'.repeat(600)]

/** The `n`th invalid variant of an attempt: three of four change its body. */
function invalidated(operation: Operation, attempt: Attempt & { parts: Parts }, n: number): Attempt {
  const { parts } = attempt
  if (operation.body && n % 4 !== 0) {
    const [first] = invalidVariantsOf(operation.body, parts.body, Math.floor(n / 4)).take(1)
    const { change, text } = first ?? { change: 'is not JSON', text: '{' }
    return { ...attempt, kind: 'invalid', description: `body ${change}`, body: text }
  }
  const choices = [...invalidParameters(operation, attempt), ...ambiguousPaths(operation, attempt)]
  return choices[Math.floor(n / 4) % choices.length] ?? attempt
}

function invalidParameters(operation: Operation, attempt: Attempt & { parts: Parts }): readonly Attempt[] {
  const { path, query } = attempt.parts
  const validPath = fill(operation.path, path)
  const queries = parametersIn(operation, 'query').flatMap(({ name }) =>
    badTexts
      .filter((text) => !parametersFit(operation, 'query', { ...query, [name]: text }))
      .map((text) => new URLSearchParams({ ...query, [name]: text }).toString()),
  )
  const unknown = badQueries.filter((text) => !parametersFit(operation, 'query', readQuery(text)))
  const inQuery = [...queries, ...unknown].map((text) => ({
    ...attempt,
    kind: operation.path.startsWith('/api/v1/') ? ('invalid' as const) : ('ambiguous' as const),
    description: `query ${text}`,
    path: withQuery(validPath, text),
  }))
  const inPath = parametersIn(operation, 'path').flatMap(({ name }) =>
    badTexts
      .filter((text) => text !== '' && !parametersFit(operation, 'path', { ...path, [name]: text }))
      .map((text) => ({
        ...attempt,
        kind: 'invalid' as const,
        description: `path ${name} is ${text}`,
        path: fill(operation.path, { ...path, [name]: text }),
      })),
  )
  return [...inPath, ...inQuery]
}

function readQuery(text: string): Record<string, unknown> {
  const query = new URLSearchParams(text)
  return Object.fromEntries([...query.keys()].map((name) => [name, [...query.getAll(name)]]))
}

/** Paths with bytes that are not UTF-8, and paths that are too long. */
function ambiguousPaths(operation: Operation, attempt: Attempt & { parts: Parts }): readonly Attempt[] {
  const [first] = parametersIn(operation, 'path')
  const text = parametersIn(operation, 'query').find(({ schema }) => schema.type === 'string')
  return badBytes.flatMap((bytes) => [
    ...(first ? [withBytes(bytes, operation.path.replaceAll(/\{\w+\}/g, bytes))] : []),
    ...(text ? [withBytes(bytes, `${fill(operation.path, attempt.parts.path)}?${text.name}=${bytes}`)] : []),
  ])

  function withBytes(bytes: string, path: string): Attempt {
    return { ...attempt, kind: 'ambiguous', description: `bytes ${bytes}`, path }
  }
}
