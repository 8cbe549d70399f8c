import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { Unavailable } from '#platform/outcome'
import { newId } from '#platform/values'
import { s3Bucket } from './s3-bucket.ts'
import { storageContract } from './storage.contract.ts'

const { S3_ENDPOINT, S3_ACCESS_KEY = '', S3_SECRET_KEY = '' } = process.env

if (S3_ENDPOINT) {
  // A bucket of its own, so that the first put shows that a missing bucket is made.
  const bucket = `posad-${newId()}`
  storageContract(`The S3 server ${S3_ENDPOINT}`, async () => {
    let offset = 0
    const storage = s3Bucket({
      endpoint: S3_ENDPOINT,
      region: 'us-east-1',
      bucket,
      accessKey: S3_ACCESS_KEY,
      secretKey: S3_SECRET_KEY,
      now: () => new Date(Date.now() + offset),
    })
    return { storage, passTime: (milliseconds) => void (offset += milliseconds), close: async () => {} }
  })

  test('a wrong key is refused and shows no secret (MED-4)', async () => {
    const storage = s3Bucket({ ...keys(S3_ENDPOINT), bucket, secretKey: 'a wrong secret' })
    await assert.rejects(storage.put('private/x.webp', { body: Buffer.alloc(1), byte_size: 1 }), /refused.*403/)
  })
} else {
  const missing = 'S3_ENDPOINT is not set: eval "$(scripts/services.sh up minio)" starts a server for this suite'
  console.warn(`\nSKIPPED: the contract of the storage on S3. ${missing}\n`)
  test('the contract of the storage on an S3 server (MED-4)', { skip: missing }, () => {})
}

const keys = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  bucket: 'posad',
  accessKey: 'tea',
  secretKey: 'oolong',
  now: () => new Date(),
})

test('an S3 server that fails or is away is unavailable, and the circuit opens (MED-4)', async () => {
  let calls = 0
  const server = createServer((_request, response) => {
    calls++
    response.writeHead(500).end('<Error/>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => server.close())
  const { port } = server.address() as AddressInfo
  const storage = s3Bucket(keys(`http://127.0.0.1:${port}`))
  for (let call = 0; call < 8; call++) await assert.rejects(storage.sizeOf('public/tea.webp'), Unavailable)
  assert.equal(calls, 5, 'after five failures the server is left alone for a while')
  const away = s3Bucket(keys('http://127.0.0.1:1'))
  await assert.rejects(away.probe(), Unavailable)
})
