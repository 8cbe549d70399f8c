import type { AnyReply } from '../routes.ts'

/**
 * Stores no response for the key of a request whose work goes on after the response, for example while a bank is asked. A repeat
 * runs the route again under the same operation id, and says what has become of it; the slice does nothing twice for one id.
 */
export function leaveKeyOpen(reply: AnyReply): void {
  const { attempt } = reply.request
  if (attempt) attempt.isOpen = true
}
