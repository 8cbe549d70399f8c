import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** One figure under its labels. */
export type Sample = Readonly<{ labels?: Readonly<Record<string, string>>; value: number }>

/** A figure that is read only when somebody asks for the metrics. */
export type Metric = Readonly<{
  /** Without the prefix `posad_`; in base units, counters end with `_total`. */
  name: string
  help: string
  /** A counter only ever grows while the process lives. */
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
  watch: (figure: Metric) => void
  /** The page for Prometheus. */
  text: () => Promise<string>
}>

/** A figure that takes longer is left out of the answer: a hanging database must not hide the other figures. */
const patience = 2000

/** Makes the metrics of a process: its own (memory, event loop, garbage), HTTP, and every figure it is told to watch. */
export function createMetrics({ service, version }: { service: string; version: string }): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  new Gauge({ name: 'posad_info', help: 'The version that runs', labelNames: ['version'], registers }).set(
    { version },
    1,
  )
  const failures = new Counter({
    name: 'posad_metric_failures_total',
    help: 'Figures that could not be read when they were asked for',
    labelNames: ['figure'],
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
    watch: (figure) => watched(figure, failures, registers),
    text: () => registry.metrics(),
  }
}

function watched({ name, help, kind, labels = [], read }: Metric, failures: Counter<'figure'>, registers: Registry[]) {
  const full = `posad_${name}`
  const collect = async () => {
    metric.reset()
    // Without labels a reset metric stands at zero, which nobody has read.
    if (labels.length === 0) metric.remove({})
    try {
      for (const reading of await withinPatience(read)) metric.inc({ ...reading.labels }, reading.value)
    } catch {
      failures.inc({ figure: full })
    }
  }
  const settings = { name: full, help, labelNames: [...labels], registers, collect }
  const metric: Counter | Gauge = kind === 'counter' ? new Counter(settings) : new Gauge(settings)
}

async function withinPatience(read: Metric['read']): Promise<readonly Sample[]> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('took too long')), patience)
  try {
    return await Promise.race([read(), tooLate])
  } finally {
    clearTimeout(timer)
  }
}
