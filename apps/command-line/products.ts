import type { Command } from 'commander'
import { jsonOption } from '../terminal/arguments.ts'
import type { Format } from '../terminal/print.ts'

/** Declares `posad import` and `posad export`, which are also `posad catalog import` and `posad catalog export`. */
export function declareProducts(posad: Command): void {
  const catalog = posad.command('catalog').description('products as CSV files, one line for each variant')
  for (const parent of [catalog, posad]) {
    parent
      .command('import')
      .description('create or change products by SKU; exit code 1 when a line was refused')
      .argument('<file>')
      .option('--dry-run', 'say what is wrong with each line, and change nothing')
      .option('--set-stock', 'set the stock to on_hand, whatever was sold since the file was exported')
      .addOption(jsonOption())
      .action(async (file: string, options: Format & { dryRun?: boolean; setStock?: boolean }) => {
        if (!(await (await import('../commands/catalog.ts')).importFile(file, options))) process.exitCode = 1
      })
    parent
      .command('export')
      .description('write every product to a CSV file that can be imported again')
      .argument('[file]', 'standard output when absent or -')
      .action(async (file: string | undefined) => await (await import('../commands/catalog.ts')).exportFile(file))
  }
}
