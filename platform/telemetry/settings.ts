import { decimal, oneOf, optional, secret, settings, text, webUrl, withDefault, type Kind } from '#platform/config'

/** How much is logged. */
export const logLevel = oneOf('trace', 'debug', 'info', 'warn', 'error', 'silent')

/** The settings of the logs; an absent `level` leaves the choice to the app. */
export const logSettings = settings({
  title: 'Logs',
  variables: {
    LOG_LEVEL: optional(logLevel, 'How much is logged; when absent info, or debug with DEBUG=true.'),
    LOG_FORMAT: optional(
      oneOf('pretty', 'json'),
      'pretty for people, json for programs; when absent, pretty on a terminal and json elsewhere.',
    ),
  },
  read: (values) => ({ level: values.LOG_LEVEL, format: values.LOG_FORMAT }),
})

const headerList: Kind<Readonly<Record<string, string>>> = {
  expects: 'headers such as authorization=Bearer%20token, separated by commas',
  parse: (given) => {
    const pairs = given.split(',').map((pair) => /^\s*([\w-]+)\s*=\s*(\S(?:.*\S)?)\s*$/.exec(pair))
    if (pairs.includes(null)) return undefined
    return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', decoded(pair?.[2] ?? '')]))
  },
}

/** OpenTelemetry encodes the values like parts of a URL; one that is not encoded stands for itself. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

/** Where spans go, and how many. */
export type TracingSettings = Readonly<{
  /** The address of the collector without a path; undefined: no tracing. */
  endpoint: string | undefined
  headers: Readonly<Record<string, string>>
  serviceName: string | undefined
  ratio: number
}>

/** The settings of tracing, under the names of OpenTelemetry. */
export const tracingSettings = settings({
  title: 'Traces: OpenTelemetry over OTLP/HTTP in JSON; off without a collector',
  variables: {
    OTEL_EXPORTER_OTLP_ENDPOINT: optional(
      webUrl,
      'The collector, such as http://127.0.0.1:4318; spans go to /v1/traces under it.',
    ),
    OTEL_EXPORTER_OTLP_HEADERS: secret(
      headerList,
      'Headers for the collector, such as a token: name=value, separated by commas.',
    ),
    OTEL_SERVICE_NAME: optional(text(1, 100), 'The name of this process in traces; that of its logs when absent.'),
    OTEL_TRACES_SAMPLER_ARG: withDefault(decimal(0, 1), '1', 'The share of traces that is recorded, from 0 to 1.'),
  },
  read: (values): TracingSettings => ({
    endpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT,
    headers: values.OTEL_EXPORTER_OTLP_HEADERS ?? {},
    serviceName: values.OTEL_SERVICE_NAME,
    ratio: values.OTEL_TRACES_SAMPLER_ARG,
  }),
})
