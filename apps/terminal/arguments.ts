import { Option } from 'commander'
import { isServiceName, serviceNames, type ServiceName } from '../services/services.ts'
import { Misuse } from './refusal.ts'

/** The service of this name. Throws `Misuse` when there is none. */
export function serviceNameOf(name: string): ServiceName {
  if (isServiceName(name)) return name
  throw new Misuse(`There is no service ${name}: choose among ${serviceNames.join(', ')}`)
}

/** The option `--json`. */
export function jsonOption(): Option {
  return new Option('--json', 'print JSON')
}

/** The number of steps. Throws `Misuse` when the text is none. */
export function wholeNumber(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1) throw new Misuse(`--steps is "${text}": expected a whole number above 0`)
  return count
}
