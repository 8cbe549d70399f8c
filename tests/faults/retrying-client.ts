import { eventually, type TestResponse } from '#platform/testing'
import { senderTo, type SendOptions, type Token } from '../e2e/http-client.ts'

type RetryOptions = SendOptions & Readonly<{ accept?: readonly number[] }>

/**
 * A client of a shop that may be down. It repeats a request, with the same ids and keys, until the shop answers with an
 * accepted status; by default 200, 201 and 202.
 */
export type RetryingClient = Readonly<{
  address: string
  send: (as: Token, request: `${string} /${string}`, options?: RetryOptions) => Promise<TestResponse>
}>

export function retryingClient(address: string, within = 30_000): RetryingClient {
  const send = senderTo(address)
  return {
    address,
    send: async (as, request, { accept = [200, 201, 202], ...options } = {}) =>
      await eventually(
        async () => {
          const response = await send(as, request, options)
          if (!accept.includes(response.status)) throw new Error(`${request}: ${response.status} ${response.text}`)
          return response
        },
        { within, every: 50 },
      ),
  }
}
