/** What a refusal looks like over HTTP: its status and its sentence for people. */
export type Answer = Readonly<{ status: number; en: string; ru: string }>

/** One line of a route's table of refusals: `'out-of-stock': answer(409, 'Not enough …', 'Не хватает …')`. */
export const answer = (status: number, en: string, ru: string): Answer => ({ status, en, ru })
