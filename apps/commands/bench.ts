import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Format } from '../terminal/print.ts'

const program = join(import.meta.dirname, '../../bench/run.ts')

/** `posad bench [BARS…]`: the same as `npm run bench`, in a process of its own that this command does not slow down. */
export function bench(bars: readonly string[], { write, json }: Format & { write?: boolean }): void {
  const options = [...(write ? ['--write'] : []), ...(json ? ['--json'] : [])]
  const { status } = spawnSync(process.execPath, [program, ...options, '--', ...bars], { stdio: 'inherit' })
  process.exitCode = status ?? 1
}
