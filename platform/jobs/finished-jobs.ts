import type { Metric } from '#platform/telemetry'

type Outcome = 'done' | 'retried' | 'failed'

/** The attempts that this process has ended, by job and outcome. */
const counts = new Map<string, Readonly<{ labels: Readonly<{ job: string; outcome: Outcome }>; value: number }>>()

/** Records the end of an attempt for the metric. */
export function recordAttempt(job: string, outcome: Outcome): void {
  const key = `${job} ${outcome}`
  counts.set(key, { labels: { job, outcome }, value: (counts.get(key)?.value ?? 0) + 1 })
}

/** The attempts of this process by outcome: a failed job has used all its attempts. */
export const finishedJobsMetric: Metric = {
  name: 'job_attempts_total',
  help: 'Attempts at jobs that this process ended, by outcome: done, retried, or failed for good',
  kind: 'counter',
  labels: ['job', 'outcome'],
  read: () => [...counts.values()],
}
