import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { text } from 'node:stream/consumers'
import { Unavailable } from '#platform/outcome'
import { seconds } from '#platform/values'
import type { NewFile } from './storage.ts'

/** Milliseconds without a byte in either direction. */
const idleLimit = seconds(20)

type SendOptions = Readonly<{ file?: NewFile | undefined; signal: AbortSignal }>

/**
 * Sends a signed request and returns the response, whose body is still to be read. Uses `node:http`: a body of `fetch` that is
 * destroyed before its end throws in Node 26 outside of any promise. Throws `Unavailable` when the server fails or cannot be
 * reached; an error of the file's own body is thrown as it is.
 */
export async function sendSigned(signed: Request, { file, signal }: SendOptions): Promise<IncomingMessage> {
  const request = signed.url.startsWith('https:') ? requestHttps : requestHttp
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const headers = Object.fromEntries(signed.headers)
  const outgoing = request(signed.url, { method: signed.method, headers, signal, timeout: idleLimit })
  outgoing.on('response', resolve)
  outgoing.on('timeout', () => outgoing.destroy(new Error(`no byte for ${idleLimit} ms`)))
  outgoing.on('error', (error) => reject(new Unavailable('the storage', { cause: error })))
  if (!file) outgoing.end()
  else if (!(file.body instanceof Readable)) outgoing.end(file.body)
  else pipeline(file.body, exactly(file), outgoing).catch(bodyFailed(file.body, reject))
  const response = await promise
  if ((response.statusCode ?? 500) < 500) return response
  response.resume()
  throw new Unavailable('the storage', { cause: new Error(`it answered ${response.statusCode}`) })
}

/** The server cuts a body whose size it refuses: the request itself reports that. */
const bodyFailed = (body: Readable, reject: (error: unknown) => void) => (error: unknown) => {
  if (body.errored || error instanceof WrongSize) reject(error)
}

class WrongSize extends Error {}

/** Passes the bytes on, and fails when their number is not the one that was announced. */
function exactly({ byte_size }: NewFile): Transform {
  let passed = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      passed += chunk.length
      if (passed > byte_size) done(wrongSize(`more than ${byte_size}`, byte_size))
      else done(null, chunk)
    },
    flush: (done) => (passed === byte_size ? done() : done(wrongSize(String(passed), byte_size))),
  })
}

const wrongSize = (found: string, announced: number): WrongSize =>
  new WrongSize(`The file has ${found} bytes, and ${announced} were announced`)

/** The error of a refused request, with the first part of the server's own document, which names no secret. */
export async function failure(response: IncomingMessage, action: string): Promise<Error> {
  const document = (await text(response).catch(() => '')).slice(0, 500)
  return new Error(`The storage refused to ${action}: ${response.statusCode} ${document}`)
}
