import { connect, type Socket } from 'node:net'
import { once } from 'node:events'

/** An HTTP/1.1 connection that reads as little of its answers as it can: the load shares the machine with the server. */
export class Line {
  readonly #socket: Socket
  #received: Buffer = Buffer.alloc(0)
  #answer: ((answer: Buffer) => void) | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('close', () => this.#answer?.(Buffer.from('HTTP/1.1 000 closed')))
    socket.on('error', () => {}) // closes
  }

  static async open(port: number): Promise<Line> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new Line(socket)
  }

  /** True when the server has hung up, as it does on who has been silent for some seconds. */
  get closed(): boolean {
    return this.#socket.destroyed || this.#socket.readableEnded
  }

  /** Sends one request and waits for the whole answer. */
  ask(request: string): Promise<Buffer> {
    return new Promise((resolve) => {
      this.#answer = resolve
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    const head = this.#received.indexOf('\r\n\r\n')
    if (head < 0) return
    const length = /content-length: (\d+)/i.exec(this.#received.toString('latin1', 0, head))?.[1] ?? '0'
    if (this.#received.length < head + 4 + Number(length)) return
    const answer = this.#received
    this.#received = Buffer.alloc(0)
    this.#answer?.(answer)
  }
}

/** True for an answer of 200 to 299. */
export const isGood = (answer: Buffer): boolean => answer[9] === '2'.charCodeAt(0)
