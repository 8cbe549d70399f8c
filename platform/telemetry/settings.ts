import { oneOf, optional, settings } from '#platform/config'

/** How much is logged. */
export const logLevel = oneOf('trace', 'debug', 'info', 'warn', 'error', 'silent')

/** The settings of the logs; an absent `level` leaves the choice to the app. */
export const logSettings = settings({
  title: 'Logs',
  variables: {
    LOG_LEVEL: optional(logLevel, 'How much is logged: info, or debug with DEBUG=true, when absent.'),
    LOG_FORMAT: optional(
      oneOf('pretty', 'json'),
      'pretty for people, json for programs; when absent, pretty on a terminal and json elsewhere.',
    ),
  },
  read: (values) => ({ level: values.LOG_LEVEL, format: values.LOG_FORMAT }),
})
