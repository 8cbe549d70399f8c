import { seedDemo as seedCatalog } from '#catalog'
import { seedDemo as seedDelivery } from '#delivery'
import { systemClock } from '#platform/values'
import type { App } from '../app.ts'

/** Adds demo products and a pickup point to an empty shop; a shop with products stays as it is. */
export async function seedDemo({ db }: Pick<App, 'db'>): Promise<{ products: number }> {
  const seeded = await seedCatalog(db, systemClock)
  await seedDelivery(db)
  return seeded
}
