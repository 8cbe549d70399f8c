import { seedDemo } from '../demo/seed.ts'
import { withHouse } from './with-house.ts'

/** `posad seed`: fills an empty shop with the demo goods; a shop that has goods is left alone. */
export const seed = async (): Promise<void> =>
  await withHouse(async (house) => {
    const { products } = await seedDemo(house)
    process.stdout.write(
      products > 0 ? `Filled the shelves with ${products} demo products\n` : 'The shelves are filled already\n',
    )
  })
