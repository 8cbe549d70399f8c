import type { PaymentMethod, RequestStatus, SubjectType } from './schema.ts'

type Facts = Readonly<{
  subject_id: string
  subject_type: SubjectType
  reason: string | null
  /** How often the sum has changed, from 1. */
  revision: number
}>

/** The command of another module to collect money for a subject. */
export type PaymentRequest = Facts &
  Readonly<{
    status: RequestStatus
    user_id: string
    amount: number
    currency: string
    description: string
    method: PaymentMethod
  }>

/** A request that was cancelled before it arrived. When it arrives, it starts no payment. */
export type Tombstone = Facts &
  Readonly<{ status: 'cancelled'; user_id: null; amount: null; currency: null; description: null; method: null }>

export const isTombstone = (request: PaymentRequest | Tombstone): request is Tombstone => request.user_id === null
