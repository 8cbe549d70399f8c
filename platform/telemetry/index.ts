export { openLogs, quietLog, type Log, type Logs } from './log.ts'
export { createMetrics, type Figure, type Metrics, type Reading } from './metrics.ts'
export { currentTrail, onTrail, trailHere, type Trail } from './trail.ts'
