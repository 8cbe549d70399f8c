import { removeDemo, seedDemo } from '../demo/seed.ts'
import { print, printLine, type Format } from '../terminal/print.ts'
import { asOperator } from './as-operator.ts'
import { withApp } from './with-app.ts'

/** `posad seed`: adds the demo products that the shop lacks. `--remove` removes them. */
export const seed = async ({ remove = false, json }: Format & { remove?: boolean }): Promise<void> =>
  await withApp(async (app) => {
    if (remove) {
      const { deleted, archived } = await asOperator('seed --remove', {}, () => removeDemo(app))
      if (json) return print({ deleted, archived }, { json })
      printLine(`Removed ${deleted} demo products, archived ${archived} that were ordered or are in your bundles`)
      return printLine('Types, categories, tags and the pickup point stay: change or delete them over the API')
    }
    const { products } = await asOperator('seed', {}, () => seedDemo(app, { again: true }))
    if (json) return print({ added: products }, { json })
    printLine(products > 0 ? `Added ${products} demo products` : 'The shop has all demo products: nothing was added')
  })
