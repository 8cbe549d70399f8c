import { createHmac, timingSafeEqual } from 'node:crypto'
import type { PayLinks } from '../pay-links.ts'

/** Makes links whose token is an HMAC of the subject: ids that clients choose and guess give no access to the page. */
export function payLinksOf(secret: string): PayLinks {
  const tokenOf = (subject_id: string) =>
    createHmac('sha256', secret).update(`pay:${subject_id.toLowerCase()}`).digest('base64url')
  return {
    pathOf: (subject_id, button) =>
      `/pay/${subject_id}${button === undefined ? '' : `/${button}`}?token=${tokenOf(subject_id)}`,
    isValid: (subject_id, token = '') => equals(token, tokenOf(subject_id)),
  }
}

/** Compares in constant time, so that the response time does not reveal the token. */
function equals(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)]
  return one.length === other.length && timingSafeEqual(one, other)
}
