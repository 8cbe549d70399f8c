import { Type } from 'typebox'
import { Problem } from '../problems/problem.ts'
import type { AnyRequest } from '../routes.ts'

/** Fifteen digits are always a safe integer; `Number` alone reads `1e30`, `0x1` and an empty text as well. */
const digits = /^[0-9]{1,15}$/

/** The headers of a stream: `headers: streamHeaders`. */
export const streamHeaders = Type.Object({
  'last-event-id': Type.Optional(
    Type.String({
      pattern: digits.source,
      maxLength: 15,
      description: 'The id of the last event that the client has; a browser sends it when it reconnects',
    }),
  ),
})

const detail = {
  en: 'must be the id of an event: a whole number of at most 15 digits',
  ru: 'должно быть номером события: целое число не длиннее 15 цифр',
}

/** The id after which a stream continues; 0 without the header. Throws 400 on a text that is not a number of 15 digits. */
export function lastEventIdOf({ headers, locale }: AnyRequest): number {
  const sent = headers['last-event-id']
  if (sent === undefined) return 0
  if (typeof sent === 'string' && digits.test(sent)) return Number(sent)
  const errors = [{ pointer: '/headers/last-event-id', detail: detail[locale] }]
  throw new Problem(400, 'validation-failed').with({ errors })
}
