import type { Seal } from './seal.ts'

/** An Idempotency-Key together with its owner, its route and the request that it stands for. */
export type IdempotencyKey = Readonly<{
  caller: string
  route: string
  key: string
  request_hash: Buffer
  /** Closes the response before it is stored. */
  seal?: Seal
}>

/** A response as it is stored under a key. */
export type StoredResponse = Readonly<{ status: number; body: string }>

/** An attempt to carry out a request. It holds the key under its own id until it has stored a response. */
export type Attempt = IdempotencyKey & {
  readonly attempt_id: string
  /** The id of what the request creates. A later attempt of the same request has the same. */
  readonly operation_id: string
  /** An earlier attempt had the key, and may have done a part of the work. */
  readonly isRetry: boolean
  response?: StoredResponse
  /** The response says what is so at this moment: see `leaveKeyOpen`. */
  isOpen?: boolean
}
