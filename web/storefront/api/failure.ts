/** One wrong field of a request, such as `/body/email`. */
export type FieldIssue = Readonly<{ pointer: string; detail: string }>

type Problem = Readonly<{
  code?: string
  detail?: string
  request_id?: string
  errors?: readonly FieldIssue[]
  [member: string]: unknown
}>

/** A request of the API that was not carried out: refused by a rule, or without an answer. */
export class Failure extends Error {
  readonly status: number
  /** The stable code of the problem, such as `out-of-stock`; `offline` when no server answered. */
  readonly code: string
  /** Identifies the request in the logs of the shop. */
  readonly requestId: string | undefined
  readonly issues: readonly FieldIssue[]
  /** Further members of the problem, such as `total_amount`. */
  readonly members: Problem

  constructor(status: number, problem: Problem) {
    super(problem.detail ?? '')
    this.status = status
    this.code = problem.code ?? 'unknown'
    this.requestId = problem.request_id
    this.issues = problem.errors ?? []
    this.members = problem
  }

  static of(error: unknown, response: Response): Failure {
    const problem = typeof error === 'object' && error !== null ? (error as Problem) : {}
    const request_id = problem.request_id ?? response.headers.get('x-request-id') ?? undefined
    return new Failure(response.status, { ...problem, ...(request_id !== undefined && { request_id }) })
  }

  static ofNetwork(): Failure {
    return new Failure(0, { code: 'offline' })
  }
}

/** Any thrown value as a `Failure`. */
export const failureOf = (error: unknown): Failure =>
  error instanceof Failure ? error : new Failure(500, { code: 'defect', detail: String(error) })
