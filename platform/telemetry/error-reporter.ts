/** Receives the log line of an error, in JSON and without secrets. */
export type ErrorReporter = (line: string) => void

let reporter: ErrorReporter | undefined

/** Sets what receives the errors of this process from now on; undefined: nothing does. */
export const setErrorReporter = (next: ErrorReporter | undefined): void => void (reporter = next)

/** Gives a log line to the reporter when it is of an error. Returns the line. */
export function reportError(line: string): string {
  if (reporter && /^\{"level":"(?:error|fatal)"/.test(line)) reporter(line)
  return line
}
