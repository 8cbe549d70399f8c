import { createHash } from 'node:crypto'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Refusal } from '../terminal/refusal.ts'
import { reasonOfBuild } from './build-failure.ts'
import type { Renderer } from './renderer.ts'

const root = join(import.meta.dirname, '../..')
/** The sources of the pages, with the versions of the packages that are part of them. */
const sources = [
  'web/storefront',
  'web/fonts',
  'platform/html',
  'platform/http/page/tokens.css',
  'modules/ordering/timeline.ts',
  'apps/storefront/art',
  'scripts/build-web.ts',
  'package-lock.json',
]

/** A built file: its content as it is, and compressed where that helps. */
export type BuiltFile = Readonly<{ plain: Buffer; br?: Buffer; gzip?: Buffer }>

/** The pages as the build made them: files by path, such as `/assets/index-B7x.js`, and the program that renders. */
export type WebBuild = Readonly<{
  files: ReadonlyMap<string, BuiltFile>
  entry: Readonly<{
    script: string
    style: string
    fonts: readonly string[]
    /** The script with the texts of each language. */
    texts: Readonly<Record<'ru' | 'en', string>>
    /** All scripts; most pages need none but the first and that of their language. */
    chunks: readonly string[]
  }>
  renderer: Renderer
}>

/** The directory of the build of the present sources, whether it exists or not. */
export function buildDirectory(): string {
  const hash = createHash('sha256')
  for (const file of sources.flatMap(filesOf)) hash.update(`${file}\n`).update(readFileSync(join(root, file)))
  return join(root, 'web/dist', hash.digest('hex').slice(0, 16))
}

function filesOf(path: string): readonly string[] {
  if (!existsSync(join(root, path))) return []
  const entries = readdirSync(join(root, path, '..'), { withFileTypes: true })
  const own = entries.find(({ name }) => name === path.split('/').at(-1))
  if (!own?.isDirectory()) return [path]
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .toSorted()
}

/** Builds the pages when their sources have changed since the last build. Says so, because it takes a few seconds. */
export async function ensureBuild(announce: (line: string) => void): Promise<string> {
  const directory = buildDirectory()
  if (existsSync(directory)) return directory
  announce('Building the pages of the shop …')
  // Another process, so that the memory of the build tools is free again afterwards.
  const script = join(root, 'scripts/build-web.ts')
  const building = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  building.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const [code] = (await once(building, 'close')) as [number]
  if (code !== 0) throw new Refusal(`The pages of the shop could not be built: ${reasonOfBuild(errors)}`)
  return directory
}

/** Reads a build into memory: all of its files together have less than a megabyte. */
export async function openBuild(directory: string): Promise<WebBuild> {
  const client = join(directory, 'client')
  const names = readdirSync(client, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(client.length))
  const read = (name: string) => (names.includes(name) ? readFileSync(join(client, name)) : undefined)
  const plain = names.filter((name) => !/\.(br|gz)$/.test(name) && !name.startsWith('/.vite'))
  const files = plain.map((name): readonly [string, BuiltFile] => {
    const [br, gzip] = [read(`${name}.br`), read(`${name}.gz`)]
    return [name, { plain: readFileSync(join(client, name)), ...(br && { br }), ...(gzip && { gzip }) }]
  })
  const entry = JSON.parse(readFileSync(join(directory, 'entry.json'), 'utf8')) as WebBuild['entry']
  const renderer = (await import(join(directory, 'server/entry-server.js'))) as Renderer
  return { files: new Map(files), entry, renderer }
}
