import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const shownFiles = 3

/** Returns `page` with the tests of each requirement in the last column of its row. */
export function withTests(page: string): string {
  const tests = testsByRequirement()
  const lines = page.split('\n').map((line) => {
    const [, id, text] = /^\| ([A-Z]+-\d+) +\| (.*?) *\|/.exec(line) ?? []
    return id && text ? `| ${id} | ${text} | ${shown(tests.get(id) ?? [])} |` : line
  })
  return lines.join('\n')
}

/** The test files that name a requirement in the name of a test, by requirement. */
function testsByRequirement(): ReadonlyMap<string, readonly string[]> {
  const files = execFileSync('git', ['ls-files', '*.test.ts', '*.contract.ts'], { cwd: root, encoding: 'utf8' })
  const named = files
    .trim()
    .split('\n')
    .flatMap((file) =>
      [...new Set(readFileSync(join(root, file), 'utf8').match(/\b[A-Z]{2,4}-\d+\b/g))].map((id) => ({ id, file })),
    )
  const byId = Map.groupBy(named, ({ id }) => id)
  return new Map(Array.from(byId, ([id, found]) => [id, found.map(({ file }) => file)]))
}

function shown(files: readonly string[]): string {
  const names = files.slice(0, shownFiles).map((file) => `[${nameOf(file)}](../${file})`)
  const more = files.length - shownFiles
  return names.join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** `modules/cart/add-item/add-item.test.ts` is shown as `cart/add-item`. */
const nameOf = (file: string) =>
  file
    .replace(/^modules\//, '')
    .replace(/\.(test|contract)\.ts$/, '')
    .replace(/([^/]+)\/\1$/, '$1')
