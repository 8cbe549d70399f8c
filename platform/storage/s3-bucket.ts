import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { AwsClient } from 'aws4fetch'
import { Circuit } from '#platform/circuit'
import { Unavailable } from '#platform/outcome'
import { seconds, type Clock } from '#platform/values'
import { headerOf, sliceOf } from './byte-range.ts'
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
  body?: Readable | Uint8Array
}>

/** Milliseconds in which the server takes a file, or begins to send one. */
const timeLimit = seconds(30)

/** Files in a bucket of an S3-compatible server, addressed by path. The first `put` makes a missing bucket. */
export function s3Bucket(needs: Needs): Storage {
  const { endpoint, region, bucket, now, publicBaseUrl = '/media' } = needs
  const client = new AwsClient({
    accessKeyId: needs.accessKey,
    secretAccessKey: needs.secretKey,
    service: 's3',
    region,
    retries: 0,
  })
  const circuit = new Circuit('the storage', { timeLimit })
  const bucketUrl = `${endpoint}/${bucket}`
  const urlOf = (key: string) => {
    assertKey(key)
    return `${bucketUrl}/${key}`
  }
  const call = (url: string, { body, ...request }: Call) =>
    circuit.run((signal) => answered(client.fetch(url, { ...request, ...streamed(body), signal }), body))
  const makeBucket = async () => {
    const made = await call(bucketUrl, { method: 'PUT' })
    // 409: another process made it at the same time.
    if (!made.ok && made.status !== 409) throw await failure(made, `make the bucket ${bucket}`)
  }
  /** The query holds all that the link grants, and the signed headers that its user must send. */
  const presign = async (method: 'GET' | 'PUT', url: URL, headers: Readonly<Record<string, string>>) =>
    await client.sign(url.href, {
      method,
      headers,
      aws: { signQuery: true, allHeaders: true, datetime: now().toISOString().replaceAll(/[:-]|\.\d{3}/g, '') },
    })
  const expiring = (key: string, ttl: number) => {
    const url = new URL(urlOf(key))
    url.searchParams.set('X-Amz-Expires', String(Math.ceil(ttl / 1000)))
    return url
  }

  return {
    put: (key, file) => putObject({ url: urlOf(key), call, makeBucket }, file, typeOfKey(key)),
    get: (key, range) => getObject(call, urlOf(key), range),
    sizeOf: async (key) => {
      const response = await call(urlOf(key), { method: 'HEAD' })
      if (response.status === 404) return undefined
      if (!response.ok) throw await failure(response, `read the size of ${key}`)
      return Number(response.headers.get('content-length'))
    },
    delete: async (key) => {
      const response = await call(urlOf(key), { method: 'DELETE' })
      if (!response.ok && response.status !== 404) throw await failure(response, `delete ${key}`)
      await response.body?.cancel()
    },
    presignGet: async (key, { ttl }) => (await presign('GET', expiring(key, ttl), {})).url,
    presignPut: async (key, { ttl, byte_size }) => {
      const headers = {
        'content-type': typeOfKey(key),
        ...(byte_size !== undefined && { 'content-length': String(byte_size) }),
      }
      const { url } = await presign('PUT', expiring(key, ttl), headers)
      return { method: 'PUT', url, headers, expires_at: new Date(now().getTime() + ttl) }
    },
    publicUrl: (key) => {
      assertPublic(key)
      return `${publicBaseUrl}/${key}`
    },
    probe: async () => {
      const response = await call(bucketUrl, { method: 'HEAD' })
      // A missing bucket is made by the first file.
      if (!response.ok && response.status !== 404) throw await failure(response, `open the bucket ${bucket}`)
    },
  }
}

type Send = (url: string, call: Call) => Promise<Response>
type Target = Readonly<{ url: string; call: Send; makeBucket: () => Promise<void> }>

async function putObject({ url, call, makeBucket }: Target, { body, byte_size }: NewFile, type: string): Promise<void> {
  const headers = { 'content-type': type, 'content-length': String(byte_size) }
  const put = () => call(url, { method: 'PUT', headers, body })
  let response = await put()
  if (response.status === 404) {
    await makeBucket()
    // A stream was read by the first attempt: the caller, who has the file, tries again.
    if (body instanceof Readable) throw new Unavailable('the storage', { cause: new Error('the bucket was just made') })
    response = await put()
  }
  if (!response.ok) throw await failure(response, 'put a file')
  await response.body?.cancel()
}

async function getObject(call: Send, url: string, range: ByteRange | undefined): Promise<GetOutcome> {
  const response = await call(url, { method: 'GET', ...(range && { headers: { range: headerOf(range) } }) })
  if (response.status === 404) {
    await response.body?.cancel()
    return { kind: 'not-found' }
  }
  if (response.status === 416) {
    await response.body?.cancel()
    return { kind: 'range-not-satisfiable', byte_size: sizeIn(response) }
  }
  if (!response.ok) throw await failure(response, 'read a file')
  const byte_size = response.status === 206 ? sizeIn(response) : Number(response.headers.get('content-length'))
  const slice = sliceOf(byte_size, response.status === 206 ? range : undefined)
  if (!slice) throw new Error('The storage answered 206 to a range outside of the file')
  const body = response.body ? Readable.fromWeb(response.body as ReadableStream) : Readable.from([])
  return { kind: 'found', body, byte_size, ...slice }
}

/** The size of the whole file in `Content-Range: bytes 0-9/100`. */
const sizeIn = (response: Response): number =>
  Number(/\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1] ?? 0)

/** Node's fetch streams a body only in half duplex. */
const streamed = (body: Call['body']): RequestInit =>
  body === undefined ? {} : ({ body, duplex: 'half' } as unknown as RequestInit)

/** A server that fails or cannot be reached is an outage, which the circuit counts. A body that breaks off is none. */
async function answered(answer: Promise<Response>, body: Call['body']): Promise<Response> {
  const response = await answer.catch((error: unknown) => {
    if (body instanceof Readable && body.errored) throw body.errored
    throw new Unavailable('the storage', { cause: error })
  })
  if (response.status < 500) return response
  throw new Unavailable('the storage', { cause: new Error(`it answered ${response.status}`) })
}

/** The error document of S3 names no secret. */
async function failure(response: Response, action: string): Promise<Error> {
  const text = (await response.text().catch(() => '')).slice(0, 500)
  return new Error(`The storage refused to ${action}: ${response.status} ${text}`)
}
