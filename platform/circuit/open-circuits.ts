import type { Metric } from '#platform/telemetry'

/** The circuits of this process that have opened, by dependency, and whether they are open now. */
const circuits = new Map<string, boolean>()

/** Records for the metric that the circuit of a dependency opened or closed. */
export const recordCircuit = (dependency: string, open: boolean): void => void circuits.set(dependency, open)

/** The dependencies that do not answer this process. A circuit that has never opened has no sample. */
export const circuitMetric: Metric = {
  name: 'circuit_open',
  help: 'Dependencies whose circuit is open: 1 while calls are refused, 0 after it has closed',
  labels: ['dependency'],
  read: () => Array.from(circuits, ([dependency, open]) => ({ labels: { dependency }, value: open ? 1 : 0 })),
}
