import { readFileSync } from 'node:fs'
import { parseSync } from 'oxc-parser'

/** The functions that each module calls of other modules, such as `catalog.hold`, by the name of the calling module. */
export type ModuleCalls = ReadonlyMap<string, readonly string[]>

type Sources = Readonly<{
  /** The `index.ts` of each module by its name. */
  interfaces: Readonly<Record<string, string>>
  /** `apps/modules.ts` */
  wiring: string
}>

/** A node of the syntax tree; only its fields are of interest, whatever its kind is. */
type Node = Readonly<Record<string, unknown>>

/** Reads the declared calls of `modules` from their `index.ts` and from `apps/modules.ts`. */
export function readModuleCalls(modules: readonly string[]): ModuleCalls {
  const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
  const interfaces = Object.fromEntries(modules.map((name) => [name, read(`modules/${name}/index.ts`)]))
  return declaredCalls({ interfaces, wiring: read('apps/modules.ts') })
}

/**
 * A module declares its calls in two places: its `index.ts` names them as a type (`Pick<CatalogApi, 'hold'>`), and
 * `apps/modules.ts` passes single functions (`apis.ordering.purchaseOf`) where a type would close a cycle of imports.
 */
export function declaredCalls({ interfaces, wiring }: Sources): ModuleCalls {
  const openings = openingsIn(parsed('apps/modules.ts', wiring))
  const calls = Object.entries(interfaces).map(([name, source]) => {
    const nodes = nodesOf(parsed(`modules/${name}/index.ts`, source))
    const found = [...nodes, ...(openings.get(name) ?? [])].flatMap(callsOf)
    return [name, [...new Set(found)].toSorted()] as const
  })
  return new Map(calls)
}

function parsed(file: string, source: string): Node {
  const { program, errors } = parseSync(file, source)
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`)
  return program as unknown as Node
}

/** The nodes of the functions that open each module: `open('media', openMedia)`, and what these call of the same file. */
function openingsIn(program: Node): ReadonlyMap<string, readonly Node[]> {
  const nodes = nodesOf(program)
  const functions = new Map<string, Node>()
  for (const node of nodes) {
    if (node['type'] === 'FunctionDeclaration') functions.set(nameOf(node['id']), node)
    if (node['type'] === 'VariableDeclarator') functions.set(nameOf(node['id']), node)
  }
  const opened = nodes.filter((node) => node['type'] === 'CallExpression' && nameOf(node['callee']) === 'open')
  return new Map(
    opened.map(({ arguments: given }) => {
      const [name, opening] = given as [Node, Node]
      const inside = nodesOf(opening)
      const called = inside.flatMap((node) => functions.get(nameOf(node)) ?? [])
      return [String(name['value']), [...inside, ...called.flatMap(nodesOf)]]
    }),
  )
}

/** The calls that a node declares: `Pick<CatalogApi, 'hold' | 'offersOf'>`, `CatalogApi['hold']` or `apis.catalog.hold`. */
function callsOf(node: Node): readonly string[] {
  if (node['type'] === 'TSTypeReference' && nameOf(node['typeName']) === 'Pick') {
    const [from, picked] = nodeAt(node, 'typeArguments')['params'] as [Node, Node]
    return functionsOf(from, picked)
  }
  if (node['type'] === 'TSIndexedAccessType') return functionsOf(nodeAt(node, 'objectType'), nodeAt(node, 'indexType'))
  if (node['type'] !== 'MemberExpression') return []
  const api = nodeAt(node, 'object')
  const isOfApis = api['type'] === 'MemberExpression' && nameOf(api['object']) === 'apis'
  return isOfApis ? [`${nameOf(api['property'])}.${nameOf(node['property'])}`] : []
}

function functionsOf(from: Node, picked: Node): readonly string[] {
  const module = /^(\w+)Api$/.exec(nameOf(from['typeName']))?.[1]?.toLowerCase()
  if (module === undefined) return []
  return nodesOf(picked).flatMap(({ type, value }) => (type === 'Literal' ? [`${module}.${String(value)}`] : []))
}

const nodeAt = (node: Node, field: string) => node[field] as Node

const nameOf = (node: unknown): string => String((node as Node | undefined)?.['name'])

/** A node and everything below it. */
function nodesOf(node: unknown): readonly Node[] {
  if (Array.isArray(node)) return node.flatMap(nodesOf)
  if (typeof node !== 'object' || node === null) return []
  return [node as Node, ...Object.values(node).flatMap(nodesOf)]
}
