import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

type Frame = Readonly<{ filename?: string; function?: string; in_app?: boolean }>

/** An event as Sentry received it. */
type ReceivedEvent = Readonly<{
  level: string
  message: string
  logger: string
  environment: string
  release: string
  tags: Readonly<Record<string, string>>
  user?: Readonly<{ id: string }>
  contexts: Readonly<{ trace?: Readonly<{ trace_id: string; span_id: string }> }>
  extra: Readonly<Record<string, unknown>>
  exception?: Readonly<{
    values: readonly Readonly<{ type: string; value: string; stacktrace: Readonly<{ frames: readonly Frame[] }> }>[]
  }>
}>

type Answer = Readonly<{ status: number; headers?: Readonly<Record<string, string>> }>

/** A server with the interface of Sentry that keeps the events it receives. */
export type FakeSentry = Readonly<{
  /** The value for SENTRY_DSN. */
  dsn: string
  events: () => readonly ReceivedEvent[]
  /** Everything that was sent, as it was sent. */
  sent: () => string
  /** The number of requests. */
  requests: () => number
  /** The following answers: 200 at first; undefined: none. */
  answerWith: (answer: Answer | undefined) => void
  close: () => Promise<void>
}>

/** Opens a Sentry on a free port of this machine. */
export async function openFakeSentry(): Promise<FakeSentry> {
  const bodies: string[] = []
  let answer: Answer | undefined = { status: 200 }
  const server = createServer(async (request, response) => {
    if (request.url?.split('?', 1)[0] !== '/api/1/envelope/') return void response.writeHead(404).end()
    bodies.push(await text(request))
    if (answer) response.writeHead(answer.status, answer.headers).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    dsn: `http://key@127.0.0.1:${port}/1`,
    events: () => bodies.flatMap(eventsOf),
    sent: () => bodies.join('\n'),
    requests: () => bodies.length,
    answerWith: (next) => void (answer = next),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** An envelope has a line of headers, then for each item a line of headers and a line with the item. */
function eventsOf(envelope: string): ReceivedEvent[] {
  const [, ...items] = envelope
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  return items.flatMap(({ type }, i) => (type === 'event' ? [items[i + 1] as ReceivedEvent] : []))
}
