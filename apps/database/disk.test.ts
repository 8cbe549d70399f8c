import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { probeDisk } from './disk.ts'

test('a shop whose disk is nearly full is degraded (F-75, rule 13)', async () => {
  const nearlyFull = async () => ({ bavail: 1000, bsize: 4096 })
  await assert.rejects(probeDisk('/srv/posad', nearlyFull), /^Error: \/srv\/posad has 4 MB left$/)
  await probeDisk('/srv/posad', async () => ({ bavail: 1_000_000, bsize: 4096 }))
})

test('the probe reads the disk of a directory (F-75)', async () => {
  await probeDisk(tmpdir())
  await assert.rejects(probeDisk('/nowhere'), { code: 'ENOENT' })
})
