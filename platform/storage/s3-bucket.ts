import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { AwsClient } from 'aws4fetch'
import { Circuit } from '#platform/circuit'
import { Unavailable } from '#platform/outcome'
import { seconds, type Clock } from '#platform/values'
import { headerOf, sliceOf } from './byte-range.ts'
import { failure, sendSigned } from './s3-request.ts'
import { assertKey, assertPublic, typeOfKey } from './storage-key.ts'
import type { ByteRange, GetOutcome, NewFile, Storage } from './storage.ts'

type Needs = Readonly<{
  /** The address of the server without the bucket, such as https://s3.example. */
  endpoint: string
  region: string
  bucket: string
  accessKey: string
  secretKey: string
  now: Clock
  /** The address before a public key; without it this program serves the files under `/media`. */
  publicBaseUrl?: string | undefined
}>

type Call = Readonly<{
  method: string
  headers?: Readonly<Record<string, string>>
  file?: NewFile
}>
type Send = (url: string, call: Call) => Promise<IncomingMessage>

/** Milliseconds in which the server takes a file, or begins to send one. */
const timeLimit = seconds(60)

/** Files in a bucket of an S3-compatible server, addressed by path. The first `put` makes a missing bucket. */
export function s3Bucket(needs: Needs): Storage {
  const { endpoint, bucket, publicBaseUrl = '/media' } = needs
  const bucketUrl = `${endpoint}/${bucket}`
  const urlOf = (key: string) => {
    assertKey(key)
    return `${bucketUrl}/${key}`
  }
  const { send, presign } = signer(needs)
  return {
    put: async (key, file) => {
      const url = urlOf(key)
      const put = () => putObject(send, url, { file, type: typeOfKey(key) })
      if (await put()) return
      await makeBucket(send, bucketUrl)
      // The first attempt has read the stream. The caller, who has the file, tries again.
      if (file.body instanceof Readable)
        throw new Unavailable('the storage', { cause: new Error(`the bucket ${bucket} was just made`) })
      await put()
    },
    get: (key, range) => getObject(send, urlOf(key), range),
    sizeOf: (key) => sizeOf(send, urlOf(key)),
    delete: async (key) => {
      const response = await send(urlOf(key), { method: 'DELETE' })
      if (!isGood(response) && response.statusCode !== 404) throw await failure(response, `delete ${key}`)
      response.resume()
    },
    presignGet: async (key, { ttl }) => (await presign(urlOf(key), { method: 'GET', ttl, headers: {} })).url,
    presignPut: async (key, { ttl, byte_size }) => {
      const size = byte_size === undefined ? {} : { 'content-length': String(byte_size) }
      return await presign(urlOf(key), { method: 'PUT', ttl, headers: { 'content-type': typeOfKey(key), ...size } })
    },
    publicUrl: (key) => {
      assertPublic(key)
      return `${publicBaseUrl}/${key}`
    },
    probe: async () => {
      const response = await send(bucketUrl, { method: 'HEAD' })
      response.resume()
      // The first file makes a missing bucket.
      if (!isGood(response) && response.statusCode !== 404) throw await failure(response, `open the bucket ${bucket}`)
    },
  }
}

type Presigned = Readonly<{ method: 'GET' | 'PUT'; ttl: number; headers: Readonly<Record<string, string>> }>

function signer({ region, accessKey, secretKey, now }: Needs) {
  const client = new AwsClient({
    accessKeyId: accessKey,
    secretAccessKey: secretKey,
    service: 's3',
    region,
  })
  const circuit = new Circuit('the storage', { timeLimit })
  const send: Send = (url, { method, headers = {}, file }) =>
    circuit.run(async (signal) => await sendSigned(await client.sign(url, { method, headers }), { file, signal }))
  /** The link holds all rights in its query; its user must send the signed headers. */
  const presign = async (address: string, { method, ttl, headers }: Presigned) => {
    const url = new URL(address)
    url.searchParams.set('X-Amz-Expires', String(Math.ceil(ttl / 1000)))
    const at = now()
    const aws = { signQuery: true, allHeaders: true, datetime: at.toISOString().replaceAll(/[:-]|\.\d{3}/g, '') }
    const signed = await client.sign(url.href, { method, headers, aws })
    return { method: 'PUT', url: signed.url, headers, expires_at: new Date(at.getTime() + ttl) } as const
  }
  return { send, presign }
}

const isGood = ({ statusCode = 500 }: IncomingMessage): boolean => statusCode < 300

/** False when the bucket does not exist. */
async function putObject(send: Send, url: string, { file, type }: { file: NewFile; type: string }): Promise<boolean> {
  const headers = { 'content-type': type, 'content-length': String(file.byte_size) }
  const response = await send(url, { method: 'PUT', headers, file })
  if (!isGood(response) && response.statusCode !== 404) throw await failure(response, 'put a file')
  response.resume()
  return isGood(response)
}

async function makeBucket(send: Send, bucketUrl: string): Promise<void> {
  const made = await send(bucketUrl, { method: 'PUT' })
  // 409: another process made it at the same time.
  if (!isGood(made) && made.statusCode !== 409) throw await failure(made, 'make the bucket')
  made.resume()
}

async function sizeOf(send: Send, url: string): Promise<number | undefined> {
  const response = await send(url, { method: 'HEAD' })
  response.resume()
  if (response.statusCode === 404) return undefined
  if (!isGood(response)) throw await failure(response, 'read the size of a file')
  return Number(response.headers['content-length'])
}

async function getObject(send: Send, url: string, range: ByteRange | undefined): Promise<GetOutcome> {
  const response = await send(url, { method: 'GET', ...(range && { headers: { range: headerOf(range) } }) })
  const { statusCode, headers } = response
  if (statusCode === 404 || statusCode === 416) {
    response.resume()
    const byte_size = statusCode === 416 ? await sizeOf(send, url) : undefined
    return byte_size === undefined ? { kind: 'not-found' } : { kind: 'range-not-satisfiable', byte_size }
  }
  if (!isGood(response)) throw await failure(response, 'read a file')
  const isPart = statusCode === 206
  const whole = /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1]
  const byte_size = Number(isPart ? whole : headers['content-length'])
  const slice = sliceOf(byte_size, isPart ? range : undefined)
  if (!slice) throw new Error('The storage answered 206 to a range outside of the file')
  return { kind: 'found', body: response, byte_size, ...slice }
}
