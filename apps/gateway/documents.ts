import { json } from 'node:stream/consumers'
import type { Upstream } from '#platform/upstream'
import { minutes, seconds } from '#platform/values'

/** OpenAPI and AsyncAPI: both are objects of named parts. */
type Document = Readonly<Record<string, unknown>>

const timeLimit = seconds(5)

type Merged = Readonly<{ document: Document | undefined; isComplete: boolean }>

/**
 * Reads the document at `path` of every service and merges them; undefined when no service has one. A complete document is
 * read again after a minute. One that lacks a service that is away is read again at the next request.
 */
export function mergedDocument(upstreams: readonly Upstream[], path: string): () => Promise<Document | undefined> {
  let cached: Readonly<{ until: number; merged: Promise<Merged> }> | undefined
  return async () => {
    if (!cached || cached.until < performance.now()) {
      const merged = readAll(upstreams, path)
      const entry = { until: performance.now() + minutes(1), merged }
      cached = entry
      void merged.then(({ isComplete }) => !isComplete && cached === entry && (cached = undefined))
    }
    return (await cached.merged).document
  }
}

async function readAll(upstreams: readonly Upstream[], path: string): Promise<Merged> {
  const answers = await Promise.allSettled(upstreams.map(async (upstream) => await read(upstream, path)))
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' && answer.value ? [answer.value] : []))
  const isComplete = answers.every(({ status }) => status === 'fulfilled')
  return { document: found.length > 0 ? found.reduce(merge) : undefined, isComplete }
}

/** Undefined where the service serves no documents. */
async function read(upstream: Upstream, path: string): Promise<Document | undefined> {
  const { status, body } = await upstream.request({ method: 'GET', path, headers: {}, timeLimit, repeat: 'after-loss' })
  if (status === 200) return (await json(body)) as Document
  body.destroy()
  if (status === 404) return undefined
  throw new Error(`${upstream.service} answered ${path} with ${status}`)
}

/** Objects are merged part by part, lists without doubles; of two other values the first one stays. */
function merge(one: Document, other: Document): Document {
  const entries = Object.entries(other).map(([name, value]) => [name, mergeValue(one[name], value)] as const)
  return { ...one, ...Object.fromEntries(entries) }
}

function mergeValue(one: unknown, other: unknown): unknown {
  if (one === undefined) return other
  if (Array.isArray(one) && Array.isArray(other)) {
    const known = new Set(one.map((item) => JSON.stringify(item)))
    return [...one, ...other.filter((item) => !known.has(JSON.stringify(item)))]
  }
  return isObject(one) && isObject(other) ? merge(one, other) : one
}

const isObject = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
