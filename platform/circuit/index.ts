export { Circuit } from './circuit.ts'
export { circuitMetric } from './open-circuits.ts'
