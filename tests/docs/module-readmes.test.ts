import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { EventDefinition } from '#platform/events'
import { describeModules } from '../../apps/services/describe-modules.ts'
import { readModuleCalls } from '../../scripts/module-calls.ts'

const root = join(import.meta.dirname, '../..')
const { modules, close } = describeModules()
await close()
const names = modules.map(({ name }) => name)
const calls = readModuleCalls(names)

const sorted = (items: Iterable<string>) => [...new Set(items)].toSorted()
/** The type of an event without its version, as READMEs name it. */
const typeOf = ({ type }: EventDefinition) => type.replace(/\.v\d+$/, '')
const codesIn = (text: string) => Array.from(text.matchAll(/`([^`]+)`/g), ([, code = '']) => code)
/** The codes of a text that begin with the name of a module: `ordering.order-created`, `catalog.hold`. */
const codesOfModules = (text: string) =>
  codesIn(text).filter((code) => names.includes(code.split('.')[0] ?? '') && code.includes('.'))

for (const { name, api, publishes = [], subscriptions = [] } of modules) {
  const page = readFileSync(join(root, 'modules', name, 'README.md'), 'utf8')
  const section = (heading: string) =>
    new RegExp(`^## ${heading}\\n([^]*?)(?=^## |$(?![^]))`, 'm').exec(page)?.[1] ?? ''

  test(`the README of ${name} names the events that it publishes`, () => {
    const named = codesIn(section('Publishes')).filter((code) => /^[a-z]+(-[a-z]+)*$/.test(code))
    assert.deepEqual(sorted(named), sorted(publishes.map((event) => typeOf(event).slice(name.length + 1))))
  })

  test(`the README of ${name} names the events that it handles, each with its module`, () => {
    const handled = subscriptions.map(({ event }) => typeOf(event))
    assert.deepEqual(sorted(codesOfModules(section('Handles'))), sorted(handled))
  })

  test(`the README of ${name} lists the functions of its api, and names those that it calls`, () => {
    const items = section('Api').matchAll(/^- ((?:`\w+`(?:,\s| and\s)?)+)/gm)
    const listed = Array.from(items).flatMap(([, functions = '']) => codesIn(functions))
    assert.deepEqual(sorted(listed), sorted(Object.keys(api ?? {})))
    assert.deepEqual(sorted(codesOfModules(section('Api'))), sorted(calls.get(name) ?? []))
  })

  test(`the README of ${name} fits one screen, and links to the routes instead of repeating them`, () => {
    const lines = page.trimEnd().split('\n').length
    assert.ok(lines <= 100, `${lines} lines`)
    assert.ok(section('Api').includes(`(../../docs/routes.md#${name})`))
    assert.doesNotMatch(page, /^\| *`(?:GET|POST|PUT|PATCH|DELETE) /m)
  })
}
