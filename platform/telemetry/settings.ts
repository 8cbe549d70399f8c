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

/** An address that Sentry gives: a key, its host and the number of a project. */
const dsn: Kind<string> = {
  expects: 'the DSN of a project of Sentry, such as https://key@sentry.example/1',
  parse: (given) => {
    const url = URL.parse(given)
    const isDsn =
      url !== null && /^https?:$/.test(url.protocol) && /^\w+$/.test(url.username) && /\/\d+$/.test(url.pathname)
    return isDsn ? given : undefined
  },
}

/** Where reports of errors go. */
export type ErrorReportSettings = Readonly<{
  /** The address of a project of Sentry with its key; undefined: no reports. */
  dsn: string | undefined
  environment: string
}>

/** The settings of the error reports, under the names of Sentry. */
export const errorReportSettings = settings({
  title: 'Error reports: Sentry, or a server with its interface; off without a DSN',
  variables: {
    SENTRY_DSN: secret(dsn, 'The project that receives the errors of the log, such as https://key@sentry.example/1.'),
    SENTRY_ENVIRONMENT: withDefault(text(1, 64), 'production', 'The environment in the reports.'),
  },
  read: (values): ErrorReportSettings => ({ dsn: values.SENTRY_DSN, environment: values.SENTRY_ENVIRONMENT }),
})
