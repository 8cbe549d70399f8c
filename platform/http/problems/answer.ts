import type { TProperties } from 'typebox'

/**
 * How a refusal is answered over HTTP: the status, a sentence for people, and the members that the problem document has
 * besides those of every problem. Declare members by spreading: `{ ...answer(409, …), members: { variant_ids: … } }`.
 */
export type Answer = Readonly<{ status: number; en: string; ru: string; members?: TProperties }>

/** One line of a route's table of refusals: `'out-of-stock': answer(409, 'Not enough …', 'Не хватает …')`. */
export const answer = (status: number, en: string, ru: string): Answer => ({ status, en, ru })

/**
 * The answer of `NotFound`, for the API document. Routes with a path parameter have it already; others spread it:
 * `problemsOf({ ...answers, ...notFoundAnswer })`.
 */
export const notFoundAnswer = {
  'not-found': answer(404, 'It does not exist, or it is not yours.', 'Ничего не найдено, или у вас нет доступа.'),
} as const
