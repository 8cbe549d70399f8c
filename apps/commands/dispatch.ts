import { readFile, stat } from 'node:fs/promises'
import { parseInstance, planPdptw, verifyPlan, type PdptwPlan } from '#dispatch/planner'
import { countOf, printLine } from '../terminal/print.ts'
import { Misuse, Refusal } from '../terminal/refusal.ts'

export type PlanOptions = Readonly<{
  pdptw: string
  seconds?: string
  iterations?: string
  seed: string
  json?: boolean
}>

/** The greatest file that is read: an instance of 2,000 tasks has about 100 KB. */
const maxBytes = 10_000_000

/** `posad dispatch plan --pdptw FILE`: plans an instance of Li and Lim. It uses neither the settings nor the database. */
export async function plan({ pdptw, json = false, ...options }: PlanOptions): Promise<void> {
  const seed = wholeNumber('--seed', options.seed, { least: 0, most: 2 ** 32 - 1 })
  const iterations =
    options.iterations === undefined
      ? undefined
      : wholeNumber('--iterations', options.iterations, { least: 1, most: 1e9 })
  const seconds = secondsOf(options.seconds, iterations !== undefined)
  const parsed = parseInstance(await readInstance(pdptw))
  if (parsed.kind === 'refused')
    throw new Refusal(`${pdptw} is no instance in the format of Li and Lim: ${parsed.explanation}`)
  const { instance } = parsed
  // The start of the program belongs to the time that the caller gave.
  const begun = performance.timeOrigin
  const planned = await planPdptw({ instance, seed, seconds, iterations, begun })
  if (planned.kind === 'refused')
    throw new Refusal(
      `No plan was found that serves every task of ${pdptw} with ${instance.vehicles} vehicles: without one are ${planned.unserved.join(', ')}`,
    )
  const { violations } = verifyPlan(instance, planned.plan.routes)
  if (violations.length > 0) throw new Error(`the plan violates the instance: ${violations.join('; ')}`)
  if (json) printLine(JSON.stringify(planned.plan))
  else printPlan(planned.plan)
}

async function readInstance(path: string): Promise<string> {
  try {
    const found = await stat(path)
    if (!found.isFile()) throw new Refusal(`${path} is not a file`)
    if (found.size > maxBytes) throw new Refusal(`${path} has ${found.size} bytes: at most ${maxBytes} are read`)
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Refusal) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new Refusal(`There is no file ${path}`)
    throw new Refusal(`${path} cannot be read (${code}): may this user read it?`)
  }
}

function secondsOf(text: string | undefined, hasIterations: boolean): number {
  if (text === undefined) return hasIterations ? 3600 : 8
  const seconds = Number(text)
  if (!(seconds >= 0.1 && seconds <= 3600))
    throw new Misuse(`--seconds is "${text}": expected a number from 0.1 to 3600`)
  return seconds
}

function wholeNumber(name: string, text: string, { least, most }: Readonly<{ least: number; most: number }>): number {
  const number = text.trim() === '' ? Number.NaN : Number(text)
  if (!Number.isInteger(number) || number < least || number > most)
    throw new Misuse(`${name} is "${text}": expected a whole number from ${least} to ${most}`)
  return number
}

function printPlan({ vehicles, distance, routes }: PdptwPlan): void {
  printLine(`${countOf(vehicles, 'vehicle')}, distance ${distance}`)
  routes.forEach((route, index) => printLine(`${String(index + 1).padStart(3)}: ${route.join(' ')}`))
}
