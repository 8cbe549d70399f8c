import { removeDemo as removeFromCatalog, seedDemo as seedCatalog } from '#catalog'
import { seedDemo as seedDelivery } from '#delivery'
import { systemClock } from '#platform/values'
import type { App } from '../app.ts'
import { modulesOf } from '../services/services.ts'

/**
 * Adds demo products and a pickup point to an empty shop; a shop with products stays as it is. With `again` also after the
 * demo products were removed.
 */
export async function seedDemo(
  { db, service }: Pick<App, 'db'> & Partial<Pick<App, 'service'>>,
  options: Readonly<{ again?: boolean }> = {},
): Promise<{ products: number }> {
  const runs = modulesOf(service)
  const seeded = runs.includes('catalog') ? await seedCatalog(db, systemClock, options) : { products: 0 }
  if (runs.includes('delivery') && (seeded.products > 0 || service)) await seedDelivery(db)
  return seeded
}

/** Removes the demo products; those of an order are archived. */
export const removeDemo = ({ db }: Pick<App, 'db'>): Promise<{ deleted: number; archived: number }> =>
  removeFromCatalog(db, systemClock)
