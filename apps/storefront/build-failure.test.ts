import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { reasonOfBuild } from './build-failure.ts'

/** The output of a program that ends with an error that nothing catches. */
const errorsOf = (program: string): string => spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' }).stderr

test('a build that fails says why, and not the version of Node (PLT-21)', () => {
  assert.match(
    reasonOfBuild(errorsOf(`require('fs').mkdirSync('/nowhere/web/dist')`)),
    /^ENOENT: no such file or directory, mkdir '\/nowhere\/web\/dist'$/,
  )
  assert.equal(reasonOfBuild(errorsOf(`throw new TypeError('The build has no entry')`)), 'The build has no entry')
  const failed = errorsOf(`throw new Error('Build failed with 1 error:\\n\\n[UNRESOLVED_IMPORT] no module preact')`)
  assert.equal(reasonOfBuild(failed), 'Build failed with 1 error: [UNRESOLVED_IMPORT] no module preact')
  assert.equal(reasonOfBuild('killed\n'), 'killed')
  assert.equal(reasonOfBuild(''), 'the build wrote no reason')
})

test('pages that this user may not write are built by the owner of the program (PLT-21)', () => {
  const program = `throw Object.assign(new Error("EACCES: permission denied, mkdir '/opt/posad/web/dist'"), { code: 'EACCES' })`
  assert.match(
    reasonOfBuild(errorsOf(program)),
    /^EACCES: permission denied, mkdir '\/opt.*scripts\/build-web\.ts once$/,
  )
})
