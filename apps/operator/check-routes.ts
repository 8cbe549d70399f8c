import type { Http } from '#platform/http'
import type { runChecks } from '../checks/run-checks.ts'
import { ChecksView } from './schema.ts'

/** Rows of an invariant that the answer has as examples. */
const maxExamples = 10

type Needs = Readonly<{ runChecks: () => ReturnType<typeof runChecks>; prefix: string }>

/** The invariants of `posad check` over HTTP. */
export const checkRoutes =
  ({ runChecks: run, prefix }: Needs) =>
  (http: Http): void => {
    const schema = {
      tags: ['operator'],
      summary: 'Run every invariant; results are computed at most once a minute',
      response: { 200: ChecksView },
    }
    http.get(`${prefix}/checks`, { schema, config: { access: { permission: 'outbox.read' } } }, async () => {
      const { at, results } = await run()
      return {
        ok: results.every(({ violations }) => violations.length === 0),
        checked_at: at.toISOString(),
        checks: results.map(({ name, description, violations }) => ({
          name,
          description,
          violations: violations.length,
          examples: violations.slice(0, maxExamples) as Record<string, unknown>[],
        })),
      }
    })
  }
