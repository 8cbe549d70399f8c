import { seedDemo as seedCatalog } from '#catalog'
import { seedDemo as seedDelivery } from '#delivery'
import { systemClock } from '#platform/values'
import type { App } from '../app.ts'

/** Fills an empty shop with the demo goods and the pickup point; where goods are, nothing changes. */
export async function seedDemo({ db }: Pick<App, 'db'>): Promise<{ products: number }> {
  const seeded = await seedCatalog(db, systemClock)
  await seedDelivery(db)
  return seeded
}
