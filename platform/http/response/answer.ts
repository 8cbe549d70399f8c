import type { TProperties } from 'typebox'

/**
 * How a refusal is answered over HTTP: the status, a sentence for people, and the members that the problem document has
 * besides those of every problem. Declare members by spreading: `{ ...answer(409, …), members: { variant_ids: … } }`.
 */
export type Answer = Readonly<{ status: number; en: string; ru: string; members?: TProperties }>

/** One line of a route's table of refusals: `'out-of-stock': answer(409, 'Not enough …', 'Не хватает …')`. */
export const answer = (status: number, en: string, ru: string): Answer => ({ status, en, ru })
