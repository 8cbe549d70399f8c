import { Readable } from 'node:stream'
import { Type } from 'typebox'
import { onNudge } from '#platform/events'
import type { AnyReply, AnyRequest } from './routes.ts'

/** One server-sent event: `id` grows, a browser that reconnects sends the last it saw. */
export type Sent = Readonly<{ id: number; event: string; data: unknown }>

type Stream = Readonly<{
  /** What came after `id`, oldest first. */
  after: (id: number) => Promise<readonly Sent[]>
  /** True when nothing will ever follow `last`: the stream then ends. */
  isLast: (last: Sent) => boolean
}>

/** How a route describes an answer of server-sent events: `response: { 200: eventStream }`. */
export const eventStream = {
  description: 'Server-sent events: `id`, `event` and `data` in JSON',
  content: { 'text/event-stream': { schema: Type.String() } },
}

const lookEvery = 1000
const heartbeatEvery = 15_000

/**
 * Answers with server-sent events until the last one, until the reader goes, or until the server stops. Looks again when
 * this process commits news, and once a second for the news of others.
 */
export async function streamEvents(request: AnyRequest, reply: AnyReply, stream: Stream): Promise<AnyReply> {
  const seen = Number(request.headers['last-event-id'] ?? 0) || 0
  // Read before the answer begins: what is refused here is still answered with a problem document.
  const first = await stream.after(seen)
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  const over = AbortSignal.any([gone.signal, request.server.stopping])
  return reply
    .header('content-type', 'text/event-stream; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('x-accel-buffering', 'no')
    .send(Readable.from(lines(first, seen, { ...stream, over })))
}

async function* lines(first: readonly Sent[], from: number, { after, isLast, over }: Stream & { over: AbortSignal }) {
  let news = first
  let seen = from
  let spoke = Date.now()
  // At once, so that a browser knows that it is connected.
  yield ': hello\n\n'
  while (!over.aborted) {
    for (const { id, event, data } of news) yield `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
    const last = news.at(-1)
    if (last && isLast(last)) return
    if (last) [seen, spoke] = [last.id, Date.now()]
    if (Date.now() - spoke >= heartbeatEvery) {
      yield ': still here\n\n'
      spoke = Date.now()
    }
    await newsOrTime(over)
    news = over.aborted ? [] : await after(seen).catch(() => [])
  }
}

/** Resolves at the next commit of this process, after a second, or when it is over. */
async function newsOrTime(over: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const wake = () => resolve()
  const timer = setTimeout(wake, lookEvery)
  const forget = onNudge(wake)
  over.addEventListener('abort', wake)
  await promise
  clearTimeout(timer)
  forget()
  over.removeEventListener('abort', wake)
}
