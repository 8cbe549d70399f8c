import { duration, integer, optional, rate, settings, text, withDefault } from '#platform/config'

/** The settings of `posad gateway`. */
export const gatewaySettings = settings({
  title: 'The gateway: listens on APP_PORT, 8000 when absent, and sends requests to the services at their addresses',
  variables: {
    GATEWAY_TIMEOUT: withDefault(
      duration,
      '15s',
      'How long a service may take from the end of a request to the beginning of its answer.',
    ),
    RATE_LIMIT_GATEWAY: withDefault(
      rate,
      '4800/1m burst 1200',
      'Any request, per address of the Internet, over all services; private networks are not counted.',
    ),
    GATEWAY_METRICS_PORT: optional(
      integer(0, 65_535),
      'The port of /metrics of the gateway itself; none when absent. APP_PORT never answers /metrics.',
    ),
    GATEWAY_METRICS_HOST: withDefault(
      text(1, 255),
      '127.0.0.1',
      'The address of that port; METRICS_TOKEN is required unless it is a loopback address.',
    ),
  },
  read: (values) => ({
    timeout: values.GATEWAY_TIMEOUT,
    rate: values.RATE_LIMIT_GATEWAY,
    metricsPlace:
      values.GATEWAY_METRICS_PORT === undefined
        ? undefined
        : { host: values.GATEWAY_METRICS_HOST, port: values.GATEWAY_METRICS_PORT },
  }),
})
