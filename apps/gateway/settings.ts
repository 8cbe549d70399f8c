import { duration, rate, settings, withDefault } from '#platform/config'

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
  },
  read: (values) => ({ timeout: values.GATEWAY_TIMEOUT, rate: values.RATE_LIMIT_GATEWAY }),
})
