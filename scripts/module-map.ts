import { readFileSync } from 'node:fs'
import type { EventDefinition } from '#platform/events'
import type { Module } from '#platform/module'

const begin = '<!-- module map: written by `npm run docs` from the index.ts of each module -->'
const beginMarker = /<!-- module map: .*? -->/
const end = '<!-- end of the module map -->'

/** Returns `page` with the map of `modules` between its markers. */
export function withModuleMap(page: string, modules: readonly Module[]): string {
  const before = page.search(beginMarker)
  const after = page.indexOf(end)
  if (before < 0 || after < before)
    throw new Error(`The page has no place for the module map: add "${begin}" and "${end}"`)
  return `${page.slice(0, before)}${begin}\n\n${moduleMap(modules)}\n\n${page.slice(after)}`
}

/** Lists what each module publishes (→ the modules that handle it), handles, calls and offers as its api. */
function moduleMap(modules: readonly Module[]): string {
  const subscribersOf = ({ type }: EventDefinition) =>
    modules
      .filter(({ subscriptions = [] }) => subscriptions.some(({ event }) => event.type === type))
      .map(({ name }) => name)
  const entries = modules.map(({ name, api, publishes = [], subscriptions = [] }) => {
    const published = Map.groupBy(publishes, (event) => subscribersOf(event).join(', ') || 'no module yet')
    const handled = Map.groupBy(
      subscriptions.map(({ event }) => event),
      publisherOf,
    )
    const parts = [
      sentence(
        'publishes',
        Array.from(published, ([subscribers, events]) => `${namesOf(events)} → ${subscribers}`),
      ),
      sentence(
        'handles',
        Array.from(handled, ([publisher, events]) => `${publisher}: ${namesOf(events)}`),
      ),
      sentence('calls', callsOf(name)),
      sentence('api', Object.keys(api ?? {}).map(coded)),
    ]
    return wrapped([`- **[${name}](modules/${name}/README.md)**`, ...parts.filter(Boolean)].join(' '))
  })
  return entries.join('\n')
}

const publisherOf = ({ type }: EventDefinition) => type.split('.', 1)[0] ?? type

const coded = (name: string) => `\`${name}\``

/** The type without its module; the version appears from 2 on. */
const nameOf = ({ type }: EventDefinition) => coded(type.replace(/^[^.]+\./, '').replace(/\.v1$/, ''))

const namesOf = (events: readonly EventDefinition[]) => events.map(nameOf).join(', ')

const sentence = (label: string, items: readonly string[]) =>
  items.length > 0 ? `_${label}_ ${items.join('; ')}.` : ''

/** The functions that a module calls: its `Needs` name them as `Pick<CatalogApi, 'hold'>`, imported from `#catalog`. */
function callsOf(module: string): readonly string[] {
  const source = readFileSync(new URL(`../modules/${module}/index.ts`, import.meta.url), 'utf8')
  const imports = source.matchAll(/^import (?:type )?\{([^}]+)\} from '#(\w+)'$/gm)
  return Array.from(imports).flatMap(([, names = '', other]) => {
    const type = /\w+Api\b/.exec(names)?.[0]
    if (type === undefined) return []
    const picked = new RegExp(`Pick<${type}, ([^>]+)>`).exec(source)?.[1] ?? ''
    return Array.from(picked.matchAll(/'(\w+)'/g), ([, name]) => coded(`${other}.${name}`))
  })
}

const longestLine = 118

/** Breaks the text between words, so that the page is readable as plain text. */
function wrapped(text: string): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line.length + word.length >= longestLine) lines.push(`  ${word}`)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.join('\n')
}
