export { openLogs, quietLog, type Log, type Logs } from './log.ts'
export { createMetrics, type Metric, type Metrics, type Sample } from './metrics.ts'
export { logLevel, logSettings } from './settings.ts'
export { currentContext, withContext, activeContext, type TraceContext } from './trace-context.ts'
