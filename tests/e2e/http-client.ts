import { responseOf, type TestResponse } from '#platform/testing'

/** An access token; undefined for a guest. */
export type Token = string | undefined
export const guest = undefined

export type SendOptions = Readonly<{ body?: object; headers?: Readonly<Record<string, string>> }>

/**
 * Sends `POST /orders` below `/api/v1` with an access token. It has the shape of `send` of `openTestApi`, so
 * `expectResponse` and `expectProblem` assert both.
 */
export type Send = (as: Token, request: `${string} /${string}`, options?: SendOptions) => Promise<TestResponse>

/** Fails a request that a shop never answers, so that a test names it. */
const responseTimeout = 10_000

/** Sends requests to the shop at `address`. */
export const senderTo =
  (address: string): Send =>
  async (as, request, { body, headers } = {}) => {
    const [method, path] = request.split(' ', 2)
    const response = await fetch(`${address}/api/v1${path}`, {
      method: method ?? 'GET',
      headers: {
        ...(as && { authorization: `Bearer ${as}` }),
        ...(body && { 'content-type': 'application/json' }),
        'accept-language': 'en',
        ...headers,
      },
      signal: AbortSignal.timeout(responseTimeout),
      ...(body && { body: JSON.stringify(body) }),
    })
    const injected = {
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    }
    return { ...responseOf(request, injected), ...(body && { sent: body }) }
  }
