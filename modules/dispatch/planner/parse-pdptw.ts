import type { Refused } from '#platform/outcome'
import type { Instance, Task } from './pdptw.ts'

export type ParsedInstance =
  | Readonly<{ kind: 'parsed'; instance: Instance }>
  | (Refused<'malformed-instance'> & Readonly<{ explanation: string }>)

/** More would need gigabytes for the matrix of distances. */
const maxTasks = 2001

const columns = ['id', 'x', 'y', 'demand', 'ready', 'due', 'service', 'pickup', 'delivery'] as const

/** Reads an instance in the format of Li and Lim, or explains the first thing that is wrong with it. */
export function parseInstance(text: string): ParsedInstance {
  try {
    return { kind: 'parsed', instance: readInstance(text) }
  } catch (error) {
    if (error instanceof Malformed) return { kind: 'refused', reason: 'malformed-instance', explanation: error.message }
    throw error
  }
}

class Malformed extends Error {}

function readInstance(text: string): Instance {
  const lines = text.split(/\r?\n/).map((line, index) => ({ line: line.trim(), number: index + 1 }))
  const [head, ...rows] = lines.filter(({ line }) => line !== '')
  if (!head) throw new Malformed('it is empty')
  const [vehicles = 0, capacity = 0, speed = 0] = numbersOf(head, ['vehicles', 'capacity', 'speed'])
  if (!Number.isInteger(vehicles) || vehicles < 1 || vehicles > 1000)
    throw new Malformed(`line ${head.number}: ${vehicles} vehicles: expected a whole number from 1 to 1000`)
  if (capacity < 0) throw new Malformed(`line ${head.number}: the capacity ${capacity} is below 0`)
  if (speed < 0) throw new Malformed(`line ${head.number}: the speed ${speed} is below 0`)
  if (rows.length > maxTasks) throw new Malformed(`it has ${rows.length} tasks: at most ${maxTasks} are possible`)
  const tasks = rows.map((row) => ({ ...taskOf(numbersOf(row, columns)), line: row.number }))
  refuseWrongTasks(tasks, capacity)
  // Some of the published files have the speed 0; their best known plans have the speed 1.
  return { vehicles, capacity, speed: speed || 1, tasks: tasks.map(({ line: _, ...task }) => task) }
}

type Line = Readonly<{ line: string; number: number }>

function numbersOf({ line, number }: Line, names: readonly string[]): readonly number[] {
  const words = line.split(/\s+/)
  if (words.length !== names.length)
    throw new Malformed(`line ${number} has ${words.length} numbers: expected ${names.length} (${names.join(', ')})`)
  return words.map((word, index) => {
    if (!/^-?\d+(\.\d+)?$/.test(word) || Math.abs(Number(word)) > 1e9)
      throw new Malformed(`line ${number}: ${names[index]} is "${word}": expected a number`)
    return Number(word)
  })
}

function taskOf(row: readonly number[]): Task {
  const [id = 0, x = 0, y = 0, demand = 0, ready = 0, due = 0, service = 0, pickup = 0, delivery = 0] = row
  return { id, x, y, demand, ready, due, service, pickup, delivery }
}

type NumberedTask = Task & Readonly<{ line: number }>

function refuseWrongTasks(tasks: readonly NumberedTask[], capacity: number): void {
  const byId = new Map<number, NumberedTask>()
  for (const task of tasks) {
    const { id, ready, due, service, line } = task
    if (!Number.isInteger(id) || id < 0) throw new Malformed(`line ${line}: the id ${id} is not a whole number from 0`)
    if (byId.has(id)) throw new Malformed(`line ${line}: the id ${id} appears twice`)
    if (due < ready) throw new Malformed(`line ${line}: the window of task ${id} ends before it begins`)
    if (service < 0) throw new Malformed(`line ${line}: the service time of task ${id} is below 0`)
    byId.set(id, task)
  }
  const depot = byId.get(0)
  if (!depot) throw new Malformed('it has no depot: a task with the id 0')
  if (depot.pickup !== 0 || depot.delivery !== 0 || depot.demand !== 0)
    throw new Malformed(`line ${depot.line}: the depot has a demand, a pickup or a delivery`)
  if (tasks.length === 1) throw new Malformed('it has no task besides the depot')
  for (const task of tasks) if (task !== depot) refuseWrongPair(task, byId, capacity)
}

function refuseWrongPair(task: NumberedTask, byId: ReadonlyMap<number, NumberedTask>, capacity: number): void {
  const { id, line, pickup, delivery, demand } = task
  if ((pickup === 0) === (delivery === 0))
    throw new Malformed(`line ${line}: task ${id} must have either a pickup or a delivery`)
  const partner = byId.get(pickup + delivery)
  if (!partner) throw new Malformed(`line ${line}: task ${id} belongs to task ${pickup + delivery}, which is missing`)
  const answer = delivery === 0 ? partner.delivery : partner.pickup
  if (answer !== id)
    throw new Malformed(`line ${line}: task ${id} names task ${partner.id}, which does not name it back`)
  if (demand !== -partner.demand || (delivery !== 0 && demand < 0))
    throw new Malformed(`line ${line}: the demands of the pickup and the delivery ${id} and ${partner.id} do not match`)
  if (demand > capacity) throw new Malformed(`line ${line}: task ${id} needs ${demand} of a capacity of ${capacity}`)
}
