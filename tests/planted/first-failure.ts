import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** Milliseconds for which the tests may run. A bug that stops them from ending is caught as well. */
const timeLimit = 120_000

/**
 * Runs test files in the directory `copy` until the first test fails, and returns its name; undefined when all pass. The
 * whole process group ends with it, because a test may have started processes.
 */
export async function firstFailureOf(copy: string, files: readonly string[]): Promise<string | undefined> {
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
    failure ??= 'the tests did not end within two minutes'
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
