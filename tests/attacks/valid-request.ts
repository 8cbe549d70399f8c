import fc from 'fast-check'
import { parametersIn, type Operation } from './api-document.ts'
import { validAttemptsOf } from './fuzz/attempts.ts'
import type { ValuesOf } from './fuzz/valid-values.ts'

/** A request to one operation: the path with its ids, and the body as text. */
export type RequestText = Readonly<{
  path: string
  body: string | undefined
  headers?: Readonly<Record<string, string>>
}>

type ValidRequest = RequestText & Readonly<{ fields: unknown }>

const requests = new WeakMap<Operation, ValidRequest>()
const noValues: ValuesOf = () => []

/** A request that fits the API document, about things that do not exist. It is the same at every call. */
export function validRequest(operation: Operation): ValidRequest {
  const existing = requests.get(operation)
  if (existing) return existing
  const [attempt] = fc.sample(validAttemptsOf(operation, noValues), { seed: 1, numRuns: 1 })
  if (!attempt) throw new Error(`No request fits ${operation.name}`)
  const [path = ''] = attempt.path.split('?', 1)
  const request = { path, body: attempt.body, fields: attempt.parts.body }
  requests.set(operation, request)
  return request
}

/**
 * The path of an operation with `ids`, by parameter. A parameter without an id gets the first of its values, or `unknownId`
 * when they are not listed.
 */
export const pathWith = (operation: Operation, ids: Readonly<Record<string, string>>): string => {
  const listed = new Map(parametersIn(operation, 'path').map(({ name, schema }) => [name, schema.enum?.[0]]))
  const valueOf = (name: string) => {
    const first = listed.get(name)
    return ids[name] ?? (typeof first === 'string' ? first : unknownId)
  }
  return operation.path.replaceAll(/\{(\w+)\}/g, (_placeholder, name: string) => valueOf(name))
}

/** An id that no row has. */
export const unknownId = '018f0000-0000-7000-8000-00000000dead'
