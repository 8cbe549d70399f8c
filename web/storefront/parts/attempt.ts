import { failureOf } from '../api/failure.ts'
import { reasonOf } from '../api/reason-of.ts'
import type { Texts } from '../text/texts.ts'
import { say } from './messages.tsx'

/** Runs an action that has no form. Its refusal is a message over the page. */
export async function attempt(texts: Texts, action: () => Promise<void>): Promise<void> {
  try {
    await action()
  } catch (error) {
    say(reasonOf(failureOf(error), texts))
  }
}
