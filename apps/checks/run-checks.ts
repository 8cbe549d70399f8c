import { minutes } from '#platform/values'
import type { App } from '../app.ts'
import { checksOf } from './checks.ts'

type Checked = Pick<App, 'db' | 'modules'>

/** An invariant with the rows that break it, at most 100. */
type Result = Readonly<{ name: string; description: string; violations: readonly object[] }>
type Results = Readonly<{ at: Date; results: readonly Result[] }>

const runs = new WeakMap<Checked, Readonly<{ startedAt: number; results: Promise<Results> }>>()

/**
 * Runs the invariants of an app one after another: they read whole tables, and must leave the connections to the customers. All
 * callers of a minute, requests and metrics, get the results of one run.
 */
export async function runChecks(app: Checked): Promise<Results> {
  const last = runs.get(app)
  if (last && performance.now() - last.startedAt < minutes(1)) return await last.results
  const run = { startedAt: performance.now(), results: runAll(app) }
  runs.set(app, run)
  // A failure is no result: the next caller runs them again.
  run.results.catch(() => runs.get(app) === run && runs.delete(app))
  return await run.results
}

async function runAll(app: Checked): Promise<Results> {
  const results: Result[] = []
  for (const { name, description, violations } of checksOf(app))
    results.push({ name, description, violations: await violations() })
  return { at: new Date(), results }
}
