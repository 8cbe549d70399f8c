import type { Bug } from '../bug.ts'

/** Traces, error reports, and the metrics of the gateway. */
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
    description: 'an error report has the password that the log hides',
    requirement: 'SEC-4',
    file: 'platform/telemetry/log.ts',
    text: 'reportError(redactLine(line))',
    replacement: 'redactLine(reportError(line))',
    caughtBy: 'platform/telemetry/error-reports.test.ts',
  },
  {
    description: 'a pause of a second that Sentry asks for lasts a minute',
    requirement: 'PLT-18',
    file: 'platform/telemetry/sentry.ts',
    text: "'retry-after': response.headers.get('retry-after')",
    replacement: "'retry-after': null",
    caughtBy: 'platform/telemetry/error-reports.test.ts',
  },
  {
    description: 'warnings are reported as errors',
    requirement: 'PLT-18',
    file: 'platform/telemetry/error-reporter.ts',
    text: '"(?:error|fatal)"',
    replacement: '"(?:error|fatal|warn)"',
    caughtBy: 'platform/telemetry/error-reports.test.ts',
  },
  {
    description: 'a token at the beginning of a line is in the log',
    requirement: 'SEC-4',
    file: 'platform/telemetry/redact.ts',
    text: "line.includes('\\\\')",
    replacement: 'false',
    caughtBy: 'platform/telemetry/log.test.ts',
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
