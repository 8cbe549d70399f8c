import type { Job } from '#platform/jobs'

type Run = Readonly<{ payload?: Record<string, unknown>; signal?: AbortSignal }>

/** Runs a job of a module once. Throws when the module has no job of that name, so that a renamed job fails its test. */
export async function runJob(
  { jobs = [] }: Readonly<{ jobs?: readonly Job[] }>,
  name: string,
  { payload = {}, signal = AbortSignal.timeout(20_000) }: Run = {},
): Promise<void> {
  const job = jobs.find((one) => one.name === name)
  if (!job) throw new Error(`No job ${name}; there are: ${jobs.map((one) => one.name).join(', ') || 'none'}`)
  await job.work(payload, signal)
}
