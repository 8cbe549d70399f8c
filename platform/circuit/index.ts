export { Circuit } from './circuit.ts'
export { inTime } from './in-time.ts'
export { circuitMetric } from './open-circuits.ts'
