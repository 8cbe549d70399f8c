import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, type CollectionTag } from 'yaml'

export const deployPath = (name: string): string => join(import.meta.dirname, '../../deploy', name)
export const readDeploy = (name: string): string => readFileSync(deployPath(name), 'utf8')

/** A container, as a compose file describes it. */
export type Container = Readonly<{
  image: string
  profiles?: readonly string[]
  command?: readonly string[]
  environment?: Readonly<Record<string, string>>
  ports?: readonly string[]
  volumes?: readonly string[]
  depends_on?: Readonly<Record<string, Readonly<{ condition: string }>>>
  security_opt?: readonly string[]
  cap_drop?: readonly string[]
  read_only?: boolean
}>
type Compose = Readonly<{
  name: string
  services: Readonly<Record<string, Container>>
  volumes: Readonly<Record<string, object>>
}>

/** Reads compose files as Compose does: merged in their order, with a sample value for each variable without a default. */
export const readCompose = (...names: readonly string[]): Compose => names.map(readOne).reduce(merged, {}) as Compose

const readOne = (name: string): unknown =>
  parse(readDeploy(name), (_key, value: unknown) => (typeof value === 'string' ? filled(value) : value), {
    merge: true,
    customTags: [override],
  })

const filled = (text: string): string =>
  text.replaceAll(/\$\{\w+(:[-?])([^}]*)\}/g, (_, kind: string, rest: string) =>
    kind === ':-' ? rest : 'aSampleOfThirtyTwoCharacters0123456789',
  )

/** The tag of a list that replaces the list of the files before. */
const override: CollectionTag = {
  tag: '!override',
  collection: 'seq',
  resolve: (list) => ({ override: list.toJSON() as unknown }),
}

/** Maps are merged and lists appended; a later value replaces an earlier one. */
function merged(before: unknown, after: unknown): unknown {
  if (isMap(after) && 'override' in after) return after['override']
  if (Array.isArray(before) && Array.isArray(after)) return [...(before as unknown[]), ...(after as unknown[])]
  if (!isMap(before) || !isMap(after)) return after
  const entries = Object.entries(after).map(([name, value]) => [name, merged(before[name], value)] as const)
  return { ...before, ...Object.fromEntries(entries) }
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The containers of our image. */
export const ownContainers = ({ services }: Compose): readonly (readonly [string, Container])[] =>
  Object.entries(services).filter(([, { image }]) => /^posad(:|$)/.test(image))
