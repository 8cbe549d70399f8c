import type { Bug } from '../bug.ts'

/** Traces, and the metrics of the gateway. */
export const tracingBugs: readonly Bug[] = [
  {
    description: 'the steps of a saga belong to the trace of their trigger',
    requirement: 'PLT-18',
    file: 'platform/saga/spans.ts',
    text: '    return { name: `${type} ${trigger}`, parent, links',
    replacement: '    return { name: `${type} ${trigger}`, parent: active?.traceparent ?? parent, links',
    caughtBy: 'tests/e2e/tracing.test.ts',
  },
  {
    description: 'the handler of an event begins a trace of its own',
    requirement: 'PLT-18',
    file: 'platform/events/spans.ts',
    text: "kind: 'consumer', parent, links: [...links, batch]",
    replacement: "kind: 'consumer', parent: null, links: [...links, batch]",
    caughtBy: 'tests/e2e/tracing.test.ts',
  },
  {
    description: 'a span has the e-mail address of an error',
    requirement: 'PLT-16',
    file: 'platform/telemetry/otlp-tracer.ts',
    text: "'exception.message': redactLine(message)",
    replacement: "'exception.message': message",
    caughtBy: 'platform/telemetry/tracing.test.ts',
  },
  {
    description: 'the gateway does not count the requests that no service answers',
    requirement: 'PLT-17',
    file: 'platform/upstream/upstream.ts',
    text: "error instanceof NoAnswer ? 'no-answer' : 'refused']++",
    replacement: "error instanceof NoAnswer ? 'answered' : 'refused']++",
    caughtBy: 'apps/gateway/gateway-metrics.test.ts',
  },
]
