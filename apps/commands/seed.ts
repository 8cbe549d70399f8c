import { seedDemo } from '../demo/seed.ts'
import { withApp } from './with-app.ts'

/** `posad seed`: fills an empty shop with the demo goods; a shop that has goods is left alone. */
export const seed = async (): Promise<void> =>
  await withApp(async (app) => {
    const { products } = await seedDemo(app)
    process.stdout.write(
      products > 0 ? `Filled the shelves with ${products} demo products\n` : 'The shelves are filled already\n',
    )
  })
