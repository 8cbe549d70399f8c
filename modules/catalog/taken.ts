import { constraintOf, sqlStateOf } from '#platform/db'

/**
 * What broke a key or a check, as the refusal it stands for: the database knows best, also when two come at once.
 * Anything else is thrown on.
 */
export async function orRefused<Outcome, const Because extends string>(
  work: Promise<Outcome>,
  reasons: Readonly<Record<string, Because>>,
): Promise<Outcome | Readonly<{ kind: 'refused'; because: Because }>> {
  try {
    return await work
  } catch (error) {
    const because = /^235|^23001/.test(sqlStateOf(error) ?? '') ? reasons[constraintOf(error) ?? ''] : undefined
    if (because === undefined) throw error
    return { kind: 'refused', because }
  }
}
