import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createClient } from '@redis/client'
import { freePort } from '#platform/db'

/** True when this machine has the program `redis-server`. */
export const hasRedisServer = (): boolean => spawnSync('redis-server', ['--version']).status === 0

/** A Redis of one test, without persistence. */
export class RedisServer {
  readonly port: number
  #process: ChildProcess | undefined
  constructor(port: number) {
    this.port = port
  }
  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }
  async start(): Promise<void> {
    const options = ['--port', `${this.port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    this.#process = spawn('redis-server', options, { stdio: 'ignore' })
    const client = createClient({ url: this.url, socket: { reconnectStrategy: 20 } })
    client.on('error', () => {})
    await client.connect()
    client.destroy()
  }
  hang = () => this.#process?.kill('SIGSTOP')
  resume = () => this.#process?.kill('SIGCONT')
  async kill(): Promise<void> {
    if (!this.#process || this.#process.exitCode !== null || this.#process.signalCode !== null) return
    this.#process.kill('SIGKILL')
    await once(this.#process, 'exit')
  }
}

/** Starts a Redis on a free port. */
export async function openRedisServer(): Promise<RedisServer> {
  const server = new RedisServer(await freePort())
  await server.start()
  return server
}
