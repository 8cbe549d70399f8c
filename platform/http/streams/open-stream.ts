import { Readable } from 'node:stream'
import type { NotFound } from '#platform/outcome'
import type { PolledStream } from './stream-poller.ts'

/** One server-sent event. `id` grows; a browser that reconnects sends the last id that it received. */
type ServerSentEvent<Data> = Readonly<{ id: number; event: string; data: Data }>

/** The events after an id, oldest first. `isOver` when no event can follow them: the stream then ends. */
export type NewEvents<Data> = Readonly<{ kind: 'found'; events: readonly ServerSentEvent<Data>[]; isOver: boolean }>

/** Reads the events after an id. Make it of a `batched` read: then one statement serves all streams of the process. */
export type ReadEvents<Data> = (after: number) => Promise<NewEvents<Data> | NotFound>

const heartbeatInterval = 15_000

type Needs<Data> = Readonly<{
  read: ReadEvents<Data>
  /** The id of the last event that the client has. */
  after: number
  isAllowed: () => Promise<boolean>
}>

/** The lines of one stream. They end after the last event, when the caller may no longer read them, or with `end`. */
export class OpenStream<Data> implements PolledStream {
  readonly lines = new Readable({ read() {} })
  readonly #needs: Needs<Data>
  #lastId: number
  #sentAt = Date.now()
  #hasEnded = false

  constructor(needs: Needs<Data>) {
    this.#needs = needs
    this.#lastId = needs.after
    // Sent at once, so that the browser fires `open`.
    this.lines.push(': hello\n\n')
  }

  send({ events, isOver }: NewEvents<Data>): void {
    if (this.#hasEnded) return
    for (const { id, event, data } of events) {
      this.lines.push(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
      this.#lastId = id
      this.#sentAt = Date.now()
    }
    if (isOver) this.end()
  }

  async poll(): Promise<void> {
    const isStalled = this.lines.readableLength > 0
    const isSilent = Date.now() - this.#sentAt >= heartbeatInterval
    // The lines of a client that does not read stay in memory. It reconnects when it reads again.
    if (isStalled && isSilent) this.lines.destroy()
    if (isStalled || this.#hasEnded) return
    // The database may be away for a moment: the next poll reads again.
    const found = await this.#needs.read(this.#lastId).catch(() => undefined)
    if (found?.kind === 'not-found') return this.end()
    if (found) this.send(found)
    if (!this.#hasEnded && isSilent && this.lines.readableLength === 0) {
      this.lines.push(': still here\n\n')
      this.#sentAt = Date.now()
    }
  }

  async checkCaller(): Promise<void> {
    if (this.#hasEnded) return
    // A check that fails decides nothing: without its dependency the stream cannot be read either.
    const isAllowed = await this.#needs.isAllowed().catch(() => true)
    if (!isAllowed) this.end()
  }

  end(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.lines.push(null)
  }
}
