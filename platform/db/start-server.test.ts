import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
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
