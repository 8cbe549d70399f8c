import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { after, test } from 'node:test'
import { freePort } from './running-server.ts'

const servers: ReturnType<typeof createServer>[] = []
after(() => servers.forEach((server) => server.close()))

test('a free port can be listened at, and is none of those of outgoing connections (PLT-13)', async () => {
  for (let count = 0; count < 50; count++) {
    const port = await freePort()
    assert.ok(port >= 15_000 && port <= 32_767, `${port}`)
    const server = createServer()
    servers.push(server)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', resolve)
    })
  }
})

test('a process does not get a port twice, although nothing listens there yet (PLT-13)', async () => {
  const ports = new Set<number>()
  for (let count = 0; count < 1000; count++) ports.add(await freePort())
  assert.equal(ports.size, 1000)
})
