import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

export const root = join(import.meta.dirname, '../..')
const trees: string[] = []
after(() => trees.forEach((tree) => rmSync(tree, { recursive: true, force: true })))

/** Makes an empty source tree with the project's rules, so that a file in it has the path to which its rule applies. */
export function newTree(): string {
  const tree = mkdtempSync(join(tmpdir(), 'posad-rules-'))
  trees.push(tree)
  // The linter searches upwards for the project; a repository of its own ends that search.
  execFileSync('git', ['init', '--quiet'], { cwd: tree })
  mkdirSync(join(tree, 'tests/rules'), { recursive: true })
  for (const file of ['tsconfig.json', 'package.json', 'oxlint.config.ts', 'tests/rules/layout.ts'])
    copyFileSync(join(root, file), join(tree, file))
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'))
  return tree
}

/** Lints folders of a tree. They are named because the linter follows a linked node_modules. */
export function lint(tree: string, folders: readonly string[]): readonly { code: string; filename: string }[] {
  const { stdout, error } = spawnSync(join(root, 'node_modules/.bin/oxlint'), ['--format=json', ...folders], {
    cwd: tree,
    encoding: 'utf8',
    timeout: 20_000,
    maxBuffer: 16_000_000,
  })
  if (error) throw error
  return (JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] }).diagnostics
}
