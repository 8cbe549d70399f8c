import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { eventually } from '#platform/testing'
import { startEmbedded } from './index.ts'
import { queryOnce } from './running-server.ts'

const settings = { fsync: 'off' }
const directory = mkdtempSync(join(tmpdir(), 'posad-orphan-'))
chmodSync(directory, 0o755)
after(() => rmSync(directory, { recursive: true }))

test('a start waits, and says so, while a process of the killed server still works (F-12)', async () => {
  const first = await startEmbedded({ directory, settings })
  await queryOnce(first.url('posad'), `create table tea as select 'oolong' as name`)
  const busyUntil = `clock_timestamp() + '2s'`
  const busy = queryOnce(
    first.url('posad'),
    `do $$ declare e timestamptz := ${busyUntil}; begin while clock_timestamp() < e loop end loop; end $$`,
  ).catch(() => {})
  const isBusy = `select from pg_stat_activity where state = 'active' and query like 'do %'`
  await eventually(async () => assert.equal((await queryOnce(first.url('posad'), isBusy)).length, 1))
  process.kill(first.pid, 'SIGKILL')
  const progress: string[] = []
  const second = await startEmbedded({ directory, settings, onProgress: (line) => progress.push(line) })
  assert.deepEqual(progress, [
    `A process of the killed database server still works in ${directory}: waiting for its end …`,
  ])
  assert.equal((await queryOnce(second.url('posad'), 'select from tea')).length, 1)
  await busy
  await second.stop()
  await first.stop()
})

test('data of another major version are refused with both versions and the way out, and stay as they are (PLT-21)', async () => {
  const server = await startEmbedded({ directory, settings })
  await server.stop()
  const file = join(directory, 'postgres', 'PG_VERSION')
  const version = readFileSync(file, 'utf8')
  writeFileSync(file, '9\n')
  await assert.rejects(startEmbedded({ directory, settings }), {
    name: 'EmbeddedFailed',
    message: /postgres has data of PostgreSQL 9, and .* has PostgreSQL \d\d: run posad backup .* and posad restore /,
  })
  writeFileSync(file, version)
  const again = await startEmbedded({ directory, settings })
  assert.equal((await queryOnce(again.url('posad'), 'select 1')).length, 1)
  await again.stop()
})
