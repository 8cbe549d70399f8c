import fc from 'fast-check'
import { parametersIn, type Operation } from '../api-document.ts'
import { fits, parametersFit } from './fits.ts'
import { shapeOf, type Real } from './shape.ts'
import { spoilsOf } from './spoil.ts'

/**
 * A request to an operation, and what it is: it fits its description, it has a wrong place, or it is odd in a way that a
 * server may read one way or the other.
 */
export type Attempt = Readonly<{
  kind: 'fits' | 'spoiled' | 'odd'
  what: string
  /** With the query. */
  path: string
  headers: Readonly<Record<string, string>>
  body: string | undefined
}>

type Texts = Readonly<Record<string, string>>

/** Requests to `operation`, two of five of them spoiled. */
export function attemptsOf(operation: Operation, real: Real): fc.Arbitrary<Attempt> {
  const fitting = fittingOf(operation, real)
  const index = fc.nat()
  return fc.oneof(
    { weight: 3, arbitrary: fitting },
    { weight: 2, arbitrary: fc.tuple(fitting, index).map(([attempt, n]) => spoiled(operation, attempt, n)) },
  )
}

type Parts = Readonly<{ path: Texts; query: Texts; header: Texts; body?: unknown }>

/** Requests that fit, with nothing wrong. */
export function fittingOf(operation: Operation, real: Real): fc.Arbitrary<Attempt & { parts: Parts }> {
  return fc
    .record({
      path: textsOf(operation, 'path', real),
      query: textsOf(operation, 'query', real),
      header: headersOf(operation, real),
      body: operation.body ? shapeOf(operation.body, real) : fc.constant(undefined),
    })
    .map((parts) => attemptOf(operation, parts))
}

function attemptOf(operation: Operation, parts: Parts): Attempt & { parts: Parts } {
  const { path, query, header, body } = parts
  return {
    kind: 'fits',
    what: 'fits its description',
    path: withQuery(fill(operation.path, path), new URLSearchParams(query).toString()),
    headers: header,
    body: operation.body ? JSON.stringify(body) : undefined,
    parts,
  }
}

/** `/orders/{id}` with its id. */
export const fill = (path: string, texts: Texts): string =>
  path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(texts[name] ?? ''))

const withQuery = (path: string, query: string) => (query === '' ? path : `${path}?${query}`)

function textsOf(operation: Operation, place: 'path' | 'query', real: Real): fc.Arbitrary<Texts> {
  const parameters = parametersIn(operation, place)
  const shapes = parameters.map(({ name, schema }) => {
    const field = place === 'path' ? `${operation.path.split(`/{${name}}`, 1)[0]} ${name}` : name
    return [name, shapeOf(schema, real, field).map(written)] as const
  })
  const needed = new Set(parameters.filter(({ required }) => required).map(({ name }) => name))
  // Many filters at once leave nothing to find.
  return fc
    .subarray(shapes, { maxLength: place === 'path' ? shapes.length : Math.min(3, shapes.length) })
    .chain((some) => {
      const asked = [...some, ...shapes.filter(([name]) => needed.has(name))]
      return fc.record(Object.fromEntries(asked))
    })
    .filter((texts) => parametersFit(operation, place, texts))
    .map((texts) => texts as Texts)
}

const written = (value: unknown): string => (Array.isArray(value) ? String(value[0] ?? '') : String(value))

/** Headers are ASCII whatever their schema says. */
function headersOf(operation: Operation, real: Real): fc.Arbitrary<Texts> {
  const shapes = parametersIn(operation, 'header').map(({ name, schema }) => {
    const { minLength = 1, maxLength = 50 } = schema
    const known = real(name.toLowerCase().replace(/^x-/, '').replaceAll('-', '_')).filter((text) => fits(schema, text))
    const made = fc.stringMatching(new RegExp(`^[\\x21-\\x7e]{${minLength},${Math.min(maxLength, minLength + 30)}}$`))
    return [name, known.length > 0 ? fc.oneof(made, fc.constantFrom(...known)) : made] as const
  })
  return fc.record(Object.fromEntries(shapes), { requiredKeys: [] }).map((texts) => texts as Texts)
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

/** The `n`th way to spoil an attempt, the most interesting part of it first. */
function spoiled(operation: Operation, attempt: Attempt & { parts: Parts }, n: number): Attempt {
  const { parts } = attempt
  if (operation.body && n % 4 !== 0) {
    const [first] = spoilsOf(operation.body, parts.body, Math.floor(n / 4)).take(1)
    const { what, text } = first ?? { what: 'is not JSON', text: '{' }
    return { ...attempt, kind: 'spoiled', what: `body ${what}`, body: text }
  }
  const choices = [...spoiledTexts(operation, attempt), ...oddPaths(operation, attempt)]
  return choices[Math.floor(n / 4) % choices.length] ?? attempt
}

function spoiledTexts(operation: Operation, attempt: Attempt & { parts: Parts }): readonly Attempt[] {
  const { path, query } = attempt.parts
  const pathNow = fill(operation.path, path)
  const queries = parametersIn(operation, 'query').flatMap(({ name }) =>
    badTexts
      .filter((text) => !parametersFit(operation, 'query', { ...query, [name]: text }))
      .map((text) => new URLSearchParams({ ...query, [name]: text }).toString()),
  )
  const strange = badQueries.filter((text) => !parametersFit(operation, 'query', readQuery(text)))
  const inQuery = [...queries, ...strange].map((text) => ({
    ...attempt,
    kind: operation.path.startsWith('/api/v1/') ? ('spoiled' as const) : ('odd' as const),
    what: `query ${text}`,
    path: withQuery(pathNow, text),
  }))
  const inPath = parametersIn(operation, 'path').flatMap(({ name }) =>
    badTexts
      .filter((text) => text !== '' && !parametersFit(operation, 'path', { ...path, [name]: text }))
      .map((text) => ({
        ...attempt,
        kind: 'spoiled' as const,
        what: `path ${name} is ${text}`,
        path: fill(operation.path, { ...path, [name]: text }),
      })),
  )
  return [...inPath, ...inQuery]
}

function readQuery(text: string): Record<string, unknown> {
  const read = new URLSearchParams(text)
  return Object.fromEntries([...read.keys()].map((name) => [name, [...read.getAll(name)]]))
}

/** Bytes that are no text, and addresses that are too long. */
function oddPaths(operation: Operation, attempt: Attempt & { parts: Parts }): readonly Attempt[] {
  const [first] = parametersIn(operation, 'path')
  const asked = parametersIn(operation, 'query').find(({ schema }) => schema.type === 'string')
  return badBytes.flatMap((bytes) => [
    ...(first ? [odd(bytes, operation.path.replaceAll(/\{\w+\}/g, bytes))] : []),
    ...(asked ? [odd(bytes, `${fill(operation.path, attempt.parts.path)}?${asked.name}=${bytes}`)] : []),
  ])

  function odd(bytes: string, path: string): Attempt {
    return { ...attempt, kind: 'odd', what: `bytes ${bytes}`, path }
  }
}
