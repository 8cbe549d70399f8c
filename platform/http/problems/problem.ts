import { STATUS_CODES } from 'node:http'
import type { Locale, Localized } from '#platform/values'
import { texts } from './problem-texts.ts'

/** Further members of a problem document. */
export type Members = Readonly<Record<string, unknown>>

/** Thrown by the platform's hooks to answer with an RFC 9457 document. Modules return outcomes instead: see `refuse`. */
export class Problem extends Error {
  readonly status: number
  /** A stable slug such as `not-found`. */
  readonly code: string
  readonly detail: Localized
  members: Members = {}

  constructor(
    status: number,
    code: string,
    detail: Localized = texts[code] ?? { en: `${titleOf(code)}.`, ru: 'Запрос не выполнен.' },
  ) {
    super(detail.en)
    this.name = 'Problem'
    this.status = status
    this.code = code
    this.detail = detail
  }

  /** Adds members to the document. */
  with(members: Members): this {
    this.members = members
    return this
  }
}

/** `out-of-stock` reads `Out of stock`: titles are English and follow the code. */
const titleOf = (code: string): string => `${code.charAt(0).toUpperCase()}${code.slice(1).replaceAll('-', ' ')}`

/** The JSON text of a problem document. Further members cannot replace those of every document. */
export function problemText(problem: Problem, locale: Locale, request_id: string): string {
  const { status, code, detail, members } = problem
  const fixed = {
    type: `urn:posad:problem:${code}`,
    title: titleOf(code),
    status,
    code,
    detail: detail[locale],
    request_id,
  }
  return JSON.stringify({ ...fixed, ...members, ...fixed })
}

/** The code of a status that a library chose without a code. */
export const codeOf = (status: number): string =>
  (STATUS_CODES[status] ?? 'error').toLowerCase().replaceAll(/[^a-z]+/g, '-')
