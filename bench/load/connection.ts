import { connect, type Socket } from 'node:net'
import { once } from 'node:events'

/** An HTTP/1.1 connection that reads as little of a response as possible: the load shares the machine with the server. */
export class Connection {
  readonly #socket: Socket
  #received: Buffer = Buffer.alloc(0)
  #resolve: ((response: Buffer) => void) | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('close', () => this.#resolve?.(Buffer.from('HTTP/1.1 000 closed')))
    socket.on('error', () => {}) // 'close' follows
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new Connection(socket)
  }

  /** True after the server closed the connection, as it does after some idle seconds. */
  get closed(): boolean {
    return this.#socket.destroyed || this.#socket.readableEnded
  }

  /** Sends one request and waits for the whole response. */
  send(request: string): Promise<Buffer> {
    return new Promise((resolve) => {
      this.#resolve = resolve
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    const head = this.#received.indexOf('\r\n\r\n')
    if (head < 0) return
    const length = /content-length: (\d+)/i.exec(this.#received.toString('latin1', 0, head))?.[1] ?? '0'
    if (this.#received.length < head + 4 + Number(length)) return
    const response = this.#received
    this.#received = Buffer.alloc(0)
    this.#resolve?.(response)
  }
}

/** True for a status from 200 to 299. */
export const isSuccess = (response: Buffer): boolean => response[9] === '2'.charCodeAt(0)
