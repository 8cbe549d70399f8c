import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** One value of a metric with its labels. */
export type Sample = Readonly<{ labels?: Readonly<Record<string, string>>; value: number }>

/** A metric that is read when Prometheus requests the metrics. */
export type Metric = Readonly<{
  /** The name without the prefix `posad_`, with the base unit; the names of counters end with `_total`. */
  name: string
  help: string
  /** A counter never decreases while the process runs. */
  kind?: 'gauge' | 'counter'
  labels?: readonly string[]
  read: () => readonly Sample[] | Promise<readonly Sample[]>
}>

/** The metrics of one process. */
export type Metrics = Readonly<{
  registry: Registry
  requests: Counter<'method' | 'route' | 'status'>
  /** Seconds from the first byte in to the last byte out. */
  latency: Histogram<'method' | 'route'>
  watch: (metric: Metric) => void
  /** The metrics in the text format of Prometheus. */
  text: () => Promise<string>
}>

/** Milliseconds to read one metric. A slow one is left out, so that a hanging database does not hide the others. */
const readTimeout = 2000

/** Makes the metrics of a process: memory, event loop, garbage collection, HTTP, and every metric given to `watch`. */
export function createMetrics({ service, version }: { service: string; version: string }): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  new Gauge({ name: 'posad_info', help: 'The running version', labelNames: ['version'], registers }).set({ version }, 1)
  const failures = new Counter({
    name: 'posad_metric_failures_total',
    help: 'Metrics that could not be read',
    labelNames: ['metric'],
    registers,
  })
  return {
    registry,
    requests: new Counter({
      name: 'posad_http_requests_total',
      help: 'Answered requests',
      labelNames: ['method', 'route', 'status'],
      registers,
    }),
    latency: new Histogram({
      name: 'posad_http_request_duration_seconds',
      help: 'Time of a request',
      labelNames: ['method', 'route'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    }),
    watch: (metric) => register(metric, failures, registers),
    text: () => registry.metrics(),
  }
}

function register({ name, help, kind, labels = [], read }: Metric, failures: Counter<'metric'>, registers: Registry[]) {
  const fullName = `posad_${name}`
  const collect = async () => {
    metric.reset()
    // A reset metric without labels is zero, which is not a value that was read.
    if (labels.length === 0) metric.remove({})
    try {
      for (const sample of await readInTime(read)) metric.inc({ ...sample.labels }, sample.value)
    } catch {
      failures.inc({ metric: fullName })
    }
  }
  const settings = { name: fullName, help, labelNames: [...labels], registers, collect }
  const metric: Counter | Gauge = kind === 'counter' ? new Counter(settings) : new Gauge(settings)
}

async function readInTime(read: Metric['read']): Promise<readonly Sample[]> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('took too long')), readTimeout)
  try {
    return await Promise.race([read(), tooLate])
  } finally {
    clearTimeout(timer)
  }
}
