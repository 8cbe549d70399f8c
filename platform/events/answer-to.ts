import { derivedId } from '#platform/values'
import type { NewEvent } from './define-event.ts'

/**
 * Makes `event` the answer of its module to the event `event_id`. Its id derives from that id, so an event that is handled
 * again gets the same answer, even if the state has changed since: every inbox and every timeline recognises it. `part`
 * distinguishes the events of an answer that has several.
 */
export const answerTo = (event_id: string, event: NewEvent, part = 'answer'): NewEvent => {
  const [module = ''] = event.definition.type.split('.', 1)
  return { ...event, event_id: derivedId(event_id, `${module} ${part}`) }
}
