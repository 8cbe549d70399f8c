import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import sharp from 'sharp'
import { build, type InlineConfig } from 'vite'
import { heroPicture } from '../apps/storefront/art/scenes.ts'
import { buildDirectory, type WebBuild } from '../apps/storefront/build.ts'

/** Builds `web/storefront` into a directory: files for browsers, and the program that renders pages on the server. */

const root = join(import.meta.dirname, '../web/storefront')
const target = process.argv[2] ?? buildDirectory()
const parent = dirname(target)
/** Two starts may build at once: each builds in a directory of its own, and the first one wins. */
const directory = join(parent, `.building-${process.pid}`)

const jsx = { oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } } } as const
const usual: InlineConfig = { root, configFile: false, logLevel: 'error', ...jsx }

type Manifest = Readonly<
  Record<string, Readonly<{ file: string; css?: readonly string[]; assets?: readonly string[]; isEntry?: boolean }>>
>

async function buildClient(): Promise<WebBuild['entry']> {
  const outDir = join(directory, 'client')
  const input = join(root, 'entry-client.tsx')
  await build({
    ...usual,
    build: { outDir, manifest: true, assetsInlineLimit: 0, modulePreload: false, rolldownOptions: { input } },
  })
  const manifest = JSON.parse(readFileSync(join(outDir, '.vite/manifest.json'), 'utf8')) as Manifest
  const found = Object.values(manifest).find(({ isEntry }) => isEntry)
  if (!found) throw new Error('The build has no entry')
  const fileOf = (source: string) => `/${manifest[source]?.file}`
  const names = readdirSync(join(outDir, 'assets'))
  const style = found.css?.[0] ?? `assets/${names.find((name) => name.endsWith('.css'))}`
  return {
    script: `/${found.file}`,
    style: `/${style}`,
    texts: { ru: fileOf('text/ru.ts'), en: fileOf('text/en.ts') },
    chunks: names.filter((name) => name.endsWith('.js')).map((name) => `/assets/${name}`),
    fonts: names.filter((name) => name.endsWith('.woff2')).map((name) => `/assets/${name}`),
  }
}

async function buildServer(): Promise<void> {
  await build({
    ...usual,
    ssr: { noExternal: true },
    build: {
      outDir: join(directory, 'server'),
      ssr: join(root, 'entry-server.tsx'),
      emitAssets: false,
      rolldownOptions: { output: { entryFileNames: 'entry-server.js' } },
    },
  })
}

/** The largest picture of the home page: its drawing has thousands of parts, which a slow phone draws for a second. */
async function buildHero(): Promise<void> {
  const folder = join(directory, 'client/shop-art')
  mkdirSync(folder, { recursive: true })
  const drawn = sharp(Buffer.from(heroPicture()), { density: 144 })
  await drawn.resize(1120).webp({ quality: 84 }).toFile(join(folder, 'hero.webp'))
}

/** The service worker has a fixed address and the list of files that it stores. */
async function buildWorker(files: readonly string[]): Promise<void> {
  await build({
    ...usual,
    define: { __FILES__: JSON.stringify(files), __VERSION__: JSON.stringify(basename(target)) },
    build: {
      outDir: join(directory, 'client'),
      emptyOutDir: false,
      rolldownOptions: { input: join(root, 'service-worker.ts'), output: { entryFileNames: 'sw.js' } },
    },
  })
}

/** Compresses once, at the highest level: a request only picks one. Fonts and pictures are compressed already. */
function compress(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(js|css|svg|json)$/.test(entry.name)) continue
    const file = join(entry.parentPath, entry.name)
    const content = readFileSync(file)
    writeFileSync(`${file}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }))
    writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }))
  }
}

mkdirSync(directory, { recursive: true })
try {
  const entry = await buildClient()
  await buildServer()
  await buildHero()
  await buildWorker([...entry.chunks, entry.style, ...entry.fonts])
  writeFileSync(join(directory, 'entry.json'), JSON.stringify(entry))
  compress(join(directory, 'client'))
  if (!existsSync(target)) renameSync(directory, target)
} finally {
  rmSync(directory, { recursive: true, force: true })
}
for (const name of readdirSync(parent))
  if (name !== basename(target) && !name.startsWith('.building-'))
    rmSync(join(parent, name), { recursive: true, force: true })
