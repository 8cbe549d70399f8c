import { constraintOf, sqlStateOf } from '#platform/db'

/**
 * What broke a key or a check, as the refusal it stands for: the database knows best, also when two come at once.
 * Anything else is thrown on.
 */
export async function orRefused<Outcome, const Reason extends string>(
  work: Promise<Outcome>,
  reasons: Readonly<Record<string, Reason>>,
): Promise<Outcome | Readonly<{ kind: 'refused'; reason: Reason }>> {
  try {
    return await work
  } catch (error) {
    const reason = /^235|^23001/.test(sqlStateOf(error) ?? '') ? reasons[constraintOf(error) ?? ''] : undefined
    if (reason === undefined) throw error
    return { kind: 'refused', reason }
  }
}
