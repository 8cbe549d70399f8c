import { readFileSync } from 'node:fs'
import type { EventDefinition } from '#platform/events'
import type { Module } from '#platform/module'

const begins = '<!-- module map: written by `npm run docs`, from the doors of the modules -->'
const ends = '<!-- end of the module map -->'

/** `text` with the map of `modules` between its markers. */
export function withModuleMap(text: string, modules: readonly Module[]): string {
  const [before, after] = [text.indexOf(begins), text.indexOf(ends)]
  if (before < 0 || after < before) throw new Error(`The module map belongs between "${begins}" and "${ends}"`)
  return `${text.slice(0, before)}${begins}\n\n${moduleMap(modules)}\n\n${text.slice(after)}`
}

/** What every module tells (→ who hears it), hears, asks of others and answers. */
function moduleMap(modules: readonly Module[]): string {
  const subscribersOf = ({ type }: EventDefinition) =>
    modules
      .filter(({ subscriptions = [] }) => subscriptions.some(({ event }) => event.type === type))
      .map(({ name }) => name)
  const entries = modules.map(({ name, api, publishes = [], subscriptions = [] }) => {
    const told = Map.groupBy(publishes, (event) => subscribersOf(event).join(', ') || 'nobody yet')
    const heard = Map.groupBy(
      subscriptions.map(({ event }) => event),
      publisherOf,
    )
    const parts = [
      sentence(
        'publishes',
        Array.from(told, ([subscribers, events]) => `${namesOf(events)} → ${subscribers}`),
      ),
      sentence(
        'subscriptions',
        Array.from(heard, ([teller, events]) => `${teller}: ${namesOf(events)}`),
      ),
      sentence('api', asksOf(name)),
      sentence('answers', Object.keys(api ?? {}).map(coded)),
    ]
    return wrapped(`- **[${name}](modules/${name}/README.md)** ${parts.filter(Boolean).join(' ')}`)
  })
  return entries.join('\n')
}

const publisherOf = ({ type }: EventDefinition) => type.split('.', 1)[0] ?? type

const coded = (name: string) => `\`${name}\``

/** The version is said from the second one on. */
const nameOf = ({ type }: EventDefinition) => coded(type.replace(/^[^.]+\./, '').replace(/\.v1$/, ''))

const namesOf = (events: readonly EventDefinition[]) => events.map(nameOf).join(', ')

const sentence = (verb: string, items: readonly string[]) => (items.length > 0 ? `_${verb}_ ${items.join('; ')}.` : '')

/** A door says what it asks of others in its needs: `Pick<Catalog, 'hold'>`, with `Catalog` out of `#catalog`. */
function asksOf(module: string): readonly string[] {
  const door = readFileSync(new URL(`../modules/${module}/index.ts`, import.meta.url), 'utf8')
  const imported = door.matchAll(/^import type \{ (\w+) \} from '#(\w+)'$/gm)
  return Array.from(imported).flatMap(([, type, other]) => {
    const picked = new RegExp(`Pick<${type}, ([^>]+)>`).exec(door)?.[1] ?? ''
    return Array.from(picked.matchAll(/'(\w+)'/g), ([, name]) => coded(`${other}.${name}`))
  })
}

const widest = 118

/** Broken between words, so that the page can be read without a browser. */
function wrapped(text: string): string {
  const rows = ['']
  for (const word of text.split(' ')) {
    const row = rows.at(-1) ?? ''
    if (row.length + word.length >= widest) rows.push(`  ${word}`)
    else rows[rows.length - 1] = row === '' ? word : `${row} ${word}`
  }
  return rows.join('\n')
}
