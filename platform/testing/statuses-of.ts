import type { TestResponse } from './test-api.ts'

/** The responses of a crowd in the order of its requests. Throws when a request failed without a response. */
export const responsesOf = (ends: readonly PromiseSettledResult<TestResponse>[]): readonly TestResponse[] =>
  ends.map((end) => {
    if (end.status === 'rejected') throw end.reason
    return end.value
  })

/** The sorted statuses of the responses of a crowd. Throws when a request failed without a response. */
export const statusesOf = (ends: readonly PromiseSettledResult<TestResponse>[]): readonly number[] =>
  responsesOf(ends)
    .map(({ status }) => status)
    .toSorted((one, other) => one - other)
