import { removeDemo as removeFromCatalog, seedDemo as seedCatalog } from '#catalog'
import { seedDemo as seedDelivery } from '#delivery'
import { systemClock } from '#platform/values'
import type { App } from '../app.ts'

/**
 * Adds demo products and a pickup point to an empty shop; a shop with products stays as it is. With `again` also after the
 * demo products were removed.
 */
export async function seedDemo(
  { db }: Pick<App, 'db'>,
  options: Readonly<{ again?: boolean }> = {},
): Promise<{ products: number }> {
  const seeded = await seedCatalog(db, systemClock, options)
  if (seeded.products > 0) await seedDelivery(db)
  return seeded
}

/** Removes the demo products; those of an order are archived. */
export const removeDemo = ({ db }: Pick<App, 'db'>): Promise<{ deleted: number; archived: number }> =>
  removeFromCatalog(db, systemClock)
