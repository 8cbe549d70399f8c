import { activeContext, causedBy, inSpan, withContext } from '#platform/telemetry'
import type { SagaRow } from './store.ts'

type Step = Pick<SagaRow<string, string>, 'state' | 'correlation_id' | 'traceparent' | 'started_at'> &
  Readonly<{ trigger: string }>

/**
 * Runs a step in the trace that started the saga, with a link to its trigger. The bank confirms a payment by a request of its own:
 * without this the events of a checkout would continue in another trace there.
 */
export const inSpanOfStep = <Result>(
  type: string,
  { state, trigger, correlation_id, traceparent, started_at }: Step,
  work: () => Promise<Result>,
): Promise<Result> => {
  const active = activeContext()
  const describe = () => {
    const { parent = null, links = [] } = causedBy(traceparent, started_at)
    const attributes = { 'posad.saga.state': state, 'posad.correlation_id': correlation_id }
    return { name: `${type} ${trigger}`, parent, links: [...links, active?.traceparent], attributes } as const
  }
  const context = { ...active, correlation_id, traceparent: traceparent ?? active?.traceparent }
  return withContext(context, () => inSpan(describe, work))
}
