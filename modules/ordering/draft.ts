import type { Refused } from '#platform/outcome'
import type { DraftContent } from './request-schema.ts'

/** The fields without which no order is placed. */
export const requiredFields = ['items', 'delivery_method', 'contact'] as const
type RequiredField = (typeof requiredFields)[number]

type Complete = DraftContent & Required<Pick<DraftContent, RequiredField>>

export type DraftIncomplete = Refused<'draft-incomplete'> & Readonly<{ missing: readonly RequiredField[] }>

const isComplete = (content: DraftContent): content is Complete =>
  requiredFields.every((field) => content[field] !== undefined)

/** Decides whether a draft can be placed. */
export const completed = (content: DraftContent): Readonly<{ kind: 'complete'; content: Complete }> | DraftIncomplete =>
  isComplete(content)
    ? { kind: 'complete', content }
    : {
        kind: 'refused',
        reason: 'draft-incomplete',
        missing: requiredFields.filter((field) => content[field] === undefined),
      }
