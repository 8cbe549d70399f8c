import { hash } from 'node:crypto'
import { Compile } from 'typebox/compile'
import type { Line } from '../../csv-lines.ts'
import { ownPlatform, ReviewLine } from '../schema.ts'

/** Why a line changes nothing. */
export type LineError = Readonly<{ line: number; column: string | null; reason: string }>

export const columns = Object.keys(ReviewLine.properties)

const compiled = Compile(ReviewLine)

/** A review as a line has it. `external_id` identifies it among those of its platform. */
export type ReadReview = ReviewLine & Readonly<{ line: number; external_id: string }>

/** Reads a line, or says what is wrong with it. */
export function readLine({ number: line, cells }: Line): ReadReview | LineError {
  const given = Object.entries(cells).filter(([, cell]) => cell !== '')
  const values: Record<string, unknown> = Object.fromEntries(given)
  if (/^\d+$/.test(cells['rating'] ?? '')) values['rating'] = Number(cells['rating'])
  if (/^\d{4}-\d\d-\d\d$/.test(cells['reviewed_at'] ?? '')) values['reviewed_at'] = `${cells['reviewed_at']}T00:00:00Z`
  if (!compiled.Check(values)) {
    const path = compiled.Errors(values)[0]?.instancePath ?? ''
    const missing = ['platform', 'rating', 'reviewed_at'].find((column) => values[column] === undefined)
    return missing === undefined
      ? { line, column: path.slice(1) || null, reason: 'invalid-value' }
      : { line, column: missing, reason: 'missing' }
  }
  if (values.platform === ownPlatform) return { line, column: 'platform', reason: 'platform-reserved' }
  return { ...values, line, external_id: values.external_id ?? idOf(values) }
}

/** Stands for the id that a line does not give: the same review has the same one at every import. */
function idOf({ platform, product, author, reviewed_at, text }: ReviewLine): string {
  const facts = JSON.stringify([platform, product, author, reviewed_at, text])
  return `line-${hash('sha256', facts, 'base64url')}`
}
