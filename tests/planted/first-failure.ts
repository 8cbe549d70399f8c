import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/**
 * Runs test files in the directory `copy` until the first test fails, and returns its name; undefined when all pass. The
 * whole process group ends with it, because a test may have started processes. Tests that do not end within `timeLimit`
 * milliseconds have failed: a bug may stop them from ending.
 */
export async function firstFailureOf(
  copy: string,
  files: readonly string[],
  timeLimit = 120_000,
): Promise<string | undefined> {
  const args = ['--test', '--test-force-exit', '--test-reporter=tap', '--test-timeout=60000', '--test-concurrency=1']
  const child = spawn(process.execPath, [...args, ...files], {
    cwd: copy,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const end = () => process.kill(-(child.pid ?? 0), 'SIGKILL')
  const exit = Promise.withResolvers<number | null>()
  child.once('exit', (code) => exit.resolve(code))
  let failure: string | undefined
  const timer = setTimeout(() => {
    failure ??= `the tests did not end within ${Math.round(timeLimit / 1000)} s`
    end()
  }, timeLimit)
  for await (const line of createInterface({ input: child.stdout })) {
    const name = /^ *not ok \d+ - (.+)$/.exec(line)?.[1]
    if (name === undefined || failure !== undefined) continue
    failure = name
    end()
  }
  clearTimeout(timer)
  const code = await exit.promise
  return failure ?? (code === 0 ? undefined : 'the tests could not run')
}
