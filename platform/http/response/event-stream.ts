import { Readable } from 'node:stream'
import { Type } from 'typebox'
import { onNudge } from '#platform/events'
import type { AnyReply, AnyRequest } from '../routes.ts'

/** One server-sent event. `id` grows; a browser that reconnects sends the last id that it received. */
type ServerSentEvent<Data> = Readonly<{ id: number; event: string; data: Data }>

type Stream<Data> = Readonly<{
  /** The events after `id`, oldest first. */
  after: (id: number) => Promise<readonly ServerSentEvent<Data>[]>
  /** True when no event can follow `last`: the stream then ends. */
  isLast: (last: ServerSentEvent<Data>) => boolean
}>

/** Describes a response of server-sent events: `response: { 200: eventStream }`. */
export const eventStream = {
  description: 'Server-sent events: `id`, `event` and `data` in JSON',
  content: { 'text/event-stream': { schema: Type.String() } },
}

const pollInterval = 1000
const heartbeatInterval = 15_000

/**
 * Answers with server-sent events until the last one, until the reader disconnects, or until the server stops. Polls
 * after every commit of this process, and once a second for the commits of other processes.
 */
export async function streamEvents<Data>(
  request: AnyRequest,
  reply: AnyReply,
  stream: Stream<Data>,
): Promise<AnyReply> {
  const received = Number(request.headers['last-event-id'] ?? 0) || 0
  // Read before the response begins: an error here is still answered with a problem document.
  const first = await stream.after(received)
  const disconnected = new AbortController()
  reply.raw.once('close', () => disconnected.abort())
  const ended = AbortSignal.any([disconnected.signal, request.server.stopping])
  return reply
    .header('content-type', 'text/event-stream; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('x-accel-buffering', 'no')
    .send(Readable.from(lines(first, received, { ...stream, ended })))
}

async function* lines<Data>(
  first: readonly ServerSentEvent<Data>[],
  from: number,
  { after, isLast, ended }: Stream<Data> & { ended: AbortSignal },
) {
  let events = first
  let lastId = from
  let sentAt = Date.now()
  // Sent at once, so that the browser fires `open`.
  yield ': hello\n\n'
  while (!ended.aborted) {
    for (const { id, event, data } of events) yield `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
    const last = events.at(-1)
    if (last && isLast(last)) return
    if (last) [lastId, sentAt] = [last.id, Date.now()]
    if (Date.now() - sentAt >= heartbeatInterval) {
      yield ': still here\n\n'
      sentAt = Date.now()
    }
    await commitOrInterval(ended)
    events = ended.aborted ? [] : await after(lastId).catch(() => [])
  }
}

/** Resolves at the next commit of this process, after the poll interval, or when the stream ends. */
async function commitOrInterval(ended: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const wake = () => resolve()
  const timer = setTimeout(wake, pollInterval)
  const unsubscribe = onNudge(wake)
  ended.addEventListener('abort', wake)
  await promise
  clearTimeout(timer)
  unsubscribe()
  ended.removeEventListener('abort', wake)
}
