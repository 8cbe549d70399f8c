import { seedDemo } from '../demo/seed.ts'
import { printLine } from '../print.ts'
import { withApp } from './with-app.ts'

/** `posad seed`: fills an empty shop with demo products; a shop with products stays as it is. */
export const seed = async (): Promise<void> =>
  await withApp(async (app) => {
    const { products } = await seedDemo(app)
    printLine(products > 0 ? `Added ${products} demo products` : 'The shop has products already: nothing was added')
  })
