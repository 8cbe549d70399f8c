import { openLogs, type Log } from '#platform/telemetry'

type Line = Readonly<{ message: string; err?: Described }>
type Described = Readonly<{ stack?: string; message?: string; cause?: Described }>

/**
 * The log of a test server. It prints the error of each 500 with its stack, because the response does not contain it. The
 * errors of a 503 stay silent: tests of outages expect them.
 */
export const errorPrinter = (print = (text: string) => void process.stderr.write(text)): Log =>
  openLogs({
    service: 'test',
    version: '0',
    level: 'error',
    format: 'json',
    to: {
      write: (text) => {
        const { message, err } = JSON.parse(text) as Line
        if (message === 'internal-error' && err) print(`${stackOf(err)}\n`)
      },
    },
  })('http')

const stackOf = ({ stack, message = 'an error without a message', cause }: Described): string =>
  `${stack ?? message}${cause ? `\nCaused by: ${stackOf(cause)}` : ''}`
