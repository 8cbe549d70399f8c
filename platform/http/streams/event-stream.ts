import type { IncomingMessage, ServerResponse } from 'node:http'
import { Type } from 'typebox'
import { answer, type Answer } from '../problems/answer.ts'
import { refuse } from '../problems/refuse.ts'
import type { AnyReply, AnyRequest } from '../routes.ts'
import { lastEventIdOf } from './last-event-id.ts'
import { OpenStream, type ReadEvents } from './open-stream.ts'

const tooManyStreams = { kind: 'refused', reason: 'too-many-streams', retry_after: 10 } as const

/** The refusals of a stream: `...problemsOf(streamAnswers)`. */
export const streamAnswers = {
  'too-many-streams': answer(
    429,
    'Too many streams of events are open. Close one, or try again in ten seconds.',
    'Открыто слишком много потоков событий. Закройте один или попробуйте через десять секунд.',
  ),
} satisfies Record<(typeof tooManyStreams)['reason'], Answer>

/** Describes a response of server-sent events: `response: { ...eventStream, ...problemsOf(streamAnswers) }`. */
export const eventStream = {
  200: {
    description: 'Server-sent events: `id`, `event` and `data` in JSON',
    content: { 'text/event-stream': { schema: Type.String() } },
  },
  204: Type.Null({ description: 'The client has the last event and must not reconnect' }),
}

/**
 * Answers with server-sent events until the last one, until the client disconnects, until the caller's session ends, or
 * until the server stops. A stream takes a slot before its first read and holds it until its response is closed. Typed
 * `never` because the response is sent: `return streamEvents(…)` fits any handler.
 */
export async function streamEvents<Data>(request: AnyRequest, reply: AnyReply, read: ReadEvents<Data>): Promise<never> {
  const after = lastEventIdOf(request)
  const release = request.server.streams.slots.take(request)
  if (!release) return refuse(reply, tooManyStreams, streamAnswers)
  // Registered before the first await: a client may be gone after it, and `close` is emitted once.
  const closed = closedSignal(request.raw, reply.raw)
  whenAborted(closed, release)
  try {
    // Read before the response begins: an error here is still answered with a problem document.
    const first = await read(after)
    if (first.kind === 'not-found') {
      release()
      return refuse(reply, first)
    }
    if (first.isOver && first.events.length === 0) {
      release()
      // An EventSource that gets 204 does not reconnect.
      return reply.code(204).send(null) as never
    }
    const stream = openStream(request, { read, after, closed })
    stream.send(first)
    return reply
      .header('content-type', 'text/event-stream; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no')
      .send(stream.lines) as never
  } catch (error) {
    release()
    throw error
  }
}

type StreamOptions<Data> = Readonly<{ read: ReadEvents<Data>; after: number; closed: AbortSignal }>

function openStream<Data>({ server, caller, token }: AnyRequest, { read, after, closed }: StreamOptions<Data>) {
  const { poller, isStill } = server.streams
  const stream = new OpenStream({ read, after, isAllowed: () => isStill(caller, token) })
  poller.add(stream)
  whenAborted(closed, () => {
    poller.delete(stream)
    stream.end()
  })
  return stream
}

/** Aborted when the response is closed, also when the connection was reset before this call. */
function closedSignal({ socket }: IncomingMessage, response: ServerResponse): AbortSignal {
  const closed = new AbortController()
  const close = () => {
    socket.off('close', close)
    closed.abort()
  }
  response.once('close', close)
  // A response that waits behind another one on its connection has no `close` of its own when the connection is reset.
  socket.once('close', close)
  if (socket.destroyed || response.destroyed) close()
  return closed.signal
}

function whenAborted(signal: AbortSignal, work: () => void): void {
  if (signal.aborted) work()
  else signal.addEventListener('abort', work, { once: true })
}
