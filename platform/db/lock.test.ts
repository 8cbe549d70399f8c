import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { isAlive, takeInstanceLock, tryLock } from './index.ts'

let directory: string
before(() => (directory = mkdtempSync(join(tmpdir(), 'posad-lock-'))))
after(() => rmSync(directory, { recursive: true }))

/** A process that takes the instance lock when it reads a line, prints the outcome, and keeps running. */
function contender(): { child: ChildProcess; outcome: Promise<{ release?: object; heldBy?: { pid: number } }> } {
  const program = `
    import { takeInstanceLock } from '#platform/db'
    console.log('ready')
    process.stdin.once('data', async () => {
      const outcome = await takeInstanceLock(${JSON.stringify(directory)}, { address: 'http://127.0.0.1:' + process.pid })
      console.log(JSON.stringify({ ...outcome, ...('release' in outcome && { release: {} }) }))
    })`
  const child = spawn(process.execPath, ['--expose-gc', '--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ready = lines.next()
  const outcome = ready.then(() => {
    child.stdin.write('go')
    return lines.next().then(({ value }) => JSON.parse(value as string))
  })
  return { child, outcome }
}

test('of many starts at once exactly one gets the directory and the others learn its address, also after kill -9 (PLT-13)', async () => {
  for (const round of ['first', 'after kill -9']) {
    const contenders = Array.from({ length: 5 }, contender)
    const outcomes = await Promise.all(contenders.map(({ outcome }) => outcome))
    const winners = contenders.filter((_, i) => outcomes[i]?.release)
    assert.equal(winners.length, 1, round)
    const pid = winners[0]?.child.pid
    for (const { heldBy } of outcomes) if (heldBy) assert.deepEqual(heldBy, { pid, address: `http://127.0.0.1:${pid}` })
    await Promise.all(
      contenders.map(({ child }) => {
        child.kill('SIGKILL')
        return once(child, 'exit')
      }),
    )
  }
})

test('a released lock is free at once, and so is the lock of a dead process whose id was reused (PLT-13)', async () => {
  writeFileSync(join(directory, 'posad.json'), JSON.stringify({ pid: process.pid, address: 'of a dead process' }))
  const first = await takeInstanceLock(directory, { address: 'first' })
  assert.ok('release' in first)
  assert.deepEqual(await takeInstanceLock(directory, { address: 'second' }), {
    heldBy: { pid: process.pid, address: 'first' },
  })
  first.release()
  const third = await takeInstanceLock(directory, { address: 'third' })
  assert.ok('release' in third)
  third.release()
})

test('a late start reports the process that has just taken the lock, not the dead one before it (PLT-13)', async () => {
  const release = tryLock(join(directory, 'posad.lock'), 'exclusive')
  const instanceFile = join(directory, 'posad.json')
  writeFileSync(instanceFile, JSON.stringify({ pid: spawnSync('true').pid, address: 'of a dead process' }))
  const late = takeInstanceLock(directory, { address: 'late' })
  // The late start has read the old file by now: takeInstanceLock reads it before its first pause.
  writeFileSync(instanceFile, JSON.stringify({ pid: process.pid, address: 'winner' }))
  assert.deepEqual(await late, { heldBy: { pid: process.pid, address: 'winner' } })
  release?.()
})

test('the id 0 and a missing id are of no process: a signal to them would end the whole group', () => {
  assert.deepEqual([0, -process.pid, Number.NaN, process.pid].map(isAlive), [false, false, false, true])
})

test('shared locks exclude an exclusive lock, and an exclusive lock excludes shared ones', () => {
  const path = join(directory, 'a.lock')
  const shared = [tryLock(path, 'shared'), tryLock(path, 'shared')]
  assert.equal(tryLock(path, 'exclusive'), undefined)
  for (const release of shared) release?.()
  const exclusive = tryLock(path, 'exclusive')
  assert.ok(exclusive)
  assert.equal(tryLock(path, 'shared'), undefined)
  exclusive()
})

test('a lock needs no space on the disk: a full one does not keep the database from its stop (PLT-21)', () => {
  const path = join(directory, 'full.lock')
  writeFileSync(path, '')
  const program = `import { tryLock } from '#platform/db'
    const release = tryLock(${JSON.stringify(path)}, 'exclusive')
    release()
    process.exit(release ? 0 : 1)`
  // No file can grow, as on a disk without space.
  const { status, stderr } = spawnSync(
    'sh',
    ['-c', 'ulimit -f 0; exec "$0" --input-type=module --eval "$1"', process.execPath, program],
    { cwd: import.meta.dirname, encoding: 'utf8' },
  )
  assert.equal(status, 0, stderr)
})

test('a directory that cannot be written is reported in one line (PLT-13)', async () => {
  const file = join(directory, 'not-a-directory')
  writeFileSync(file, '')
  await assert.rejects(takeInstanceLock(join(file, 'posad'), { address: '' }), {
    name: 'EmbeddedFailed',
    message: /^Cannot write to .*not-a-directory.* \(ENOTDIR\): set POSAD_DATA/,
  })
})

test('only the owner may read the lock files, also those of an earlier version; a second look keeps the lock (F-42)', async () => {
  for (const name of ['posad.json', 'posad.lock']) {
    writeFileSync(join(directory, name), '')
    chmodSync(join(directory, name), 0o644)
  }
  const lock = await takeInstanceLock(directory, { address: 'first' })
  assert.ok('release' in lock)
  const other = join(directory, 'other.lock')
  const release = tryLock(other, 'exclusive')
  assert.ok(release)
  assert.equal(tryLock(other, 'exclusive'), undefined)
  assert.ok('heldBy' in (await takeInstanceLock(directory, { address: 'second' })))
  const fromElsewhere = spawnSync(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `import { tryLock } from '#platform/db'; process.exit(tryLock(${JSON.stringify(other)}, 'shared') ? 1 : 0)`,
    ],
    { cwd: import.meta.dirname },
  )
  assert.equal(fromElsewhere.status, 0)
  for (const name of ['posad.json', 'posad.lock', 'other.lock'])
    assert.equal((statSync(join(directory, name)).mode & 0o777).toString(8), '600', name)
  lock.release()
  release()
})
