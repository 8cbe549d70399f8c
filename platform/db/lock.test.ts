import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { takeInstanceLock, tryLock } from './index.ts'

let directory: string
before(() => (directory = mkdtempSync(join(tmpdir(), 'posad-lock-'))))
after(() => rmSync(directory, { recursive: true }))

/** A process that takes the house when told to by a line, says how that went, and stays. */
function contender(): { child: ChildProcess; outcome: Promise<{ release?: object; heldBy?: { pid: number } }> } {
  const program = `
    import { takeInstanceLock } from '#platform/db'
    console.log('here')
    process.stdin.once('data', async () => {
      const taken = await takeInstanceLock(${JSON.stringify(directory)}, { address: 'http://127.0.0.1:' + process.pid })
      console.log(JSON.stringify({ ...taken, ...('release' in taken && { release: {} }) }))
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

test('of many starts at once exactly one gets the house, the others learn who has it; so again after kill -9 (PLT-13)', async () => {
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

test('a house given back is free at once, one of a dead process too, whoever has its number now (PLT-13)', async () => {
  writeFileSync(join(directory, 'posad.json'), JSON.stringify({ pid: process.pid, address: 'of somebody dead' }))
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

test('whoever has just won the house is named even if his note still names a dead one (PLT-13)', async () => {
  const release = tryLock(join(directory, 'posad.lock'), 'alone')
  const note = join(directory, 'posad.json')
  writeFileSync(note, JSON.stringify({ pid: spawnSync('true').pid, address: 'of somebody dead' }))
  const asking = takeInstanceLock(directory, { address: 'late' })
  setTimeout(() => writeFileSync(note, JSON.stringify({ pid: process.pid, address: 'winner' })), 60)
  assert.deepEqual(await asking, { heldBy: { pid: process.pid, address: 'winner' } })
  release?.()
})

test('those together keep out the one alone, and he them', () => {
  const path = join(directory, 'a.lock')
  const some = [tryLock(path, 'together'), tryLock(path, 'together')]
  assert.equal(tryLock(path, 'alone'), undefined)
  for (const release of some) release?.()
  const alone = tryLock(path, 'alone')
  assert.ok(alone)
  assert.equal(tryLock(path, 'together'), undefined)
  alone()
})

test('a directory that cannot be written says so in one line (PLT-13)', async () => {
  const file = join(directory, 'not-a-directory')
  writeFileSync(file, '')
  await assert.rejects(takeInstanceLock(join(file, 'posad'), { address: '' }), {
    name: 'EmbeddedFailed',
    message: /^Cannot write to .*not-a-directory.* \(ENOTDIR\): set POSAD_DATA/,
  })
})
