import fc from 'fast-check'
import type { Operation } from './api-document.ts'
import { fittingOf } from './fuzz/request.ts'
import type { Real } from './fuzz/shape.ts'

/** A request to one operation: the path with its ids, and the body as text. */
export type Sent = Readonly<{ path: string; body: string | undefined; headers?: Readonly<Record<string, string>> }>

type Fitting = Sent & Readonly<{ fields: unknown }>

const made = new WeakMap<Operation, Fitting>()
const nobody: Real = () => []

/** A request that fits its description, always the same one, about things that do not exist. */
export function fittingRequest(operation: Operation): Fitting {
  const before = made.get(operation)
  if (before) return before
  const [attempt] = fc.sample(fittingOf(operation, nobody), { seed: 1, numRuns: 1 })
  if (!attempt) throw new Error(`Nothing fits ${operation.name}`)
  const [path = ''] = attempt.path.split('?', 1)
  const request = { path, body: attempt.body, fields: attempt.parts.body }
  made.set(operation, request)
  return request
}

/** The path of an operation about `ids`, by parameter; an id nobody knows where none is given. */
export const pathWith = ({ path }: Operation, ids: Readonly<Record<string, string>>): string =>
  path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => ids[name] ?? unknownId)

export const unknownId = '018f0000-0000-7000-8000-00000000dead'
