import type { EventDefinition } from '#platform/events'
import type { Module } from '#platform/module'
import type { ModuleCalls } from './module-calls.ts'

const begin = '<!-- module map: written by `npm run docs` from what each module declares -->'
const beginMarker = /<!-- module map: .*? -->/
const end = '<!-- end of the module map -->'

/** Returns `page` with the map of `modules` between its markers. Throws when a module calls a function that no api has. */
export function withModuleMap(page: string, modules: readonly Module[], calls: ModuleCalls): string {
  const before = page.search(beginMarker)
  const after = page.indexOf(end)
  if (before < 0 || after < before)
    throw new Error(`The page has no place for the module map: add "${begin}" and "${end}"`)
  return `${page.slice(0, before)}${begin}\n\n${moduleMap(modules, calls)}\n\n${page.slice(after)}`
}

/** Lists what each module publishes and offers (→ the modules that handle or call it), what it handles and calls. */
function moduleMap(modules: readonly Module[], calls: ModuleCalls): string {
  refuseUnknown(modules, calls)
  const subscribersOf = ({ type }: EventDefinition) =>
    modules
      .filter(({ subscriptions = [] }) => subscriptions.some(({ event }) => event.type === type))
      .map(({ name }) => name)
  const callersOf = (called: string) =>
    modules.map(({ name }) => name).filter((name) => calls.get(name)?.includes(called))
  const entries = modules.map(({ name, api, publishes = [], subscriptions = [] }) => {
    const published = Map.groupBy(publishes, (event) => listed(subscribersOf(event)))
    const handled = Map.groupBy(new Set(subscriptions.map(({ event }) => event)), publisherOf)
    const offered = Map.groupBy(Object.keys(api ?? {}), (called) => listed(callersOf(`${name}.${called}`)))
    const called = Map.groupBy(calls.get(name) ?? [], (call) => partsOf(call).module)
    const parts = [
      sentence('publishes', published, (events, subscribers) => `${namesOf(events)} → ${subscribers}`),
      sentence('handles', handled, (events, publisher) => `${publisher}: ${namesOf(events)}`),
      sentence('api', offered, (functions, callers) => `${functions.map(coded).join(', ')} → ${callers}`),
      sentence(
        'calls',
        called,
        (functions, module) => `${module}: ${functions.map((call) => coded(partsOf(call).name)).join(', ')}`,
      ),
    ]
    return wrapped([`- **[${name}](modules/${name}/README.md)**`, ...parts.filter(Boolean)].join(' '))
  })
  return [entries.join('\n'), mutualCalls(calls)].filter(Boolean).join('\n\n')
}

/** A call without its function is a mistake of this map, or of a type that names a function of the past. */
function refuseUnknown(modules: readonly Module[], calls: ModuleCalls): void {
  const offered = new Set(
    modules.flatMap(({ name, api }) => Object.keys(api ?? {}).map((called) => `${name}.${called}`)),
  )
  for (const [module, called] of calls)
    for (const call of called) if (!offered.has(call)) throw new Error(`${module} calls ${call}, which no api has`)
}

/** Names the pairs of modules that call each other; empty when there are none. */
function mutualCalls(calls: ModuleCalls): string {
  const isCalled = (from: string, to: string) => (calls.get(from) ?? []).some((call) => partsOf(call).module === to)
  const names = [...calls.keys()].toSorted()
  const pairs = names.flatMap((one, at) =>
    names
      .slice(at + 1)
      .filter((other) => isCalled(one, other) && isCalled(other, one))
      .map((other) => `${one} and ${other}`),
  )
  return pairs.length > 0 ? wrapped(`These pairs of modules call each other: ${pairs.join('; ')}.`, '') : ''
}

function partsOf(call: string): Readonly<{ module: string; name: string }> {
  const [module = '', name = ''] = call.split('.')
  return { module, name }
}

const listed = (modules: readonly string[]) => modules.join(', ') || 'no module'

const publisherOf = ({ type }: EventDefinition) => type.split('.', 1)[0] ?? type

const coded = (name: string) => `\`${name}\``

/** The type without its module; the version appears from 2 on. */
const nameOf = ({ type }: EventDefinition) => coded(type.replace(/^[^.]+\./, '').replace(/\.v1$/, ''))

const namesOf = (events: readonly EventDefinition[]) => events.map(nameOf).join(', ')

function sentence<Item>(
  label: string,
  groups: ReadonlyMap<string, readonly Item[]>,
  show: (items: readonly Item[], group: string) => string,
): string {
  const shown = Array.from(groups, ([group, items]) => show(items, group))
  return shown.length > 0 ? `_${label}_ ${shown.join('; ')}.` : ''
}

const longestLine = 128

/** Breaks the text between words, so that the page is readable as plain text. */
function wrapped(text: string, indent = '  '): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line.length + word.length >= longestLine) lines.push(`${indent}${word}`)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.join('\n')
}
