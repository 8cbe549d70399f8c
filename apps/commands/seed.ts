import { removeDemo, seedDemo } from '../demo/seed.ts'
import { printLine } from '../print.ts'
import { withApp } from './with-app.ts'

/** `posad seed`: adds the demo products that the shop lacks. `--remove` removes them. */
export const seed = async ({ remove = false }: Readonly<{ remove?: boolean }>): Promise<void> =>
  await withApp(async (app) => {
    if (remove) {
      const { deleted, archived } = await removeDemo(app)
      printLine(`Removed ${deleted} demo products, archived ${archived} that were ordered or are in your bundles`)
      return printLine('Types, categories, tags and the pickup point stay: change or delete them over the API')
    }
    const { products } = await seedDemo(app, { again: true })
    printLine(products > 0 ? `Added ${products} demo products` : 'The shop has all demo products: nothing was added')
  })
