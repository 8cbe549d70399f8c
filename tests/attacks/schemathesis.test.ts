import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { openShop, staff, type Shop } from '../e2e/open-shop.ts'

/** Where it is installed: `pip install schemathesis==4.32.5` into any virtual environment. */
const program = process.env['SCHEMATHESIS'] ?? ''
const skip = program === '' && 'SKIPPED: the API was not walked by schemathesis; name the program in SCHEMATHESIS'
const examples = process.env['SCHEMATHESIS_EXAMPLES'] ?? '5'

let shop: Shop
const directory = mkdtempSync(join(tmpdir(), 'posad-schemathesis-'))
before(async () => {
  if (skip) return
  shop = await openShop()
  const answer = await fetch(`${shop.address}/api/openapi.json`)
  writeFileSync(join(directory, 'openapi.json'), readable((await answer.json()) as Document))
  writeFileSync(join(directory, 'settings.toml'), settings)
})
after(async () => {
  if (!skip) await shop.close()
  rmSync(directory, { recursive: true, force: true })
})

type Document = { paths: Record<string, Record<string, { responses: Record<string, object> }>> }

/** What the introduction says of every address is said at every address; `\p` is put in words that Python reads. */
function readable(document: Document): string {
  const problem = { schema: { $ref: '#/components/schemas/Problem' } }
  const anywhere = { description: 'as the introduction says', content: { 'application/problem+json': problem } }
  for (const { responses } of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    for (const status of ['405', '414', '431']) responses[status] ??= anywhere
  }
  const text = JSON.stringify(document).replaceAll(
    String.raw`\\p{Cc}\\p{Cs}`,
    String.raw`\\u0000-\\u001f\\u007f-\\u009f`,
  )
  assert.doesNotMatch(text, /\\\\p\{/, 'another class of characters that Python does not know')
  return text
}

const settings = `
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "409", "413", "414", "415", "422", "431"]
`

/** Not `positive_data_acceptance`: a shop refuses what is well-formed and makes no sense. */
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'missing_required_header',
  'ignored_auth',
  'use_after_free',
  'ensure_resource_availability',
].join()

/** Runs it as somebody: how many requests it made, and its report when it found something. */
async function walk(token: string | undefined, without: string): Promise<{ made: number; report: string }> {
  const words = [
    `--config-file=${join(directory, 'settings.toml')}`,
    'run',
    join(directory, 'openapi.json'),
    `--url=${shop.address}`,
    `--checks=${checks}`,
    '--phases=coverage,fuzzing,stateful',
    `--max-examples=${examples}`,
    '--seed=20261101',
    '--request-timeout=10',
    `--exclude-path-regex=${without}`,
    '--no-shrink',
    '--warnings=off',
    '--output-sanitize=false',
    ...(token === undefined ? [] : [`--header=Authorization: Bearer ${token}`]),
  ]
  const limits = { cwd: directory, timeout: 300_000, maxBuffer: 100_000_000 }
  try {
    const { stdout } = await promisify(execFile)(program, words, limits)
    return { made: Number(/(\d+) generated/.exec(stdout)?.[1] ?? 0), report: '' }
  } catch (error) {
    const { stdout, stderr, message } = error as Error & { stdout?: string; stderr?: string }
    return { made: 0, report: `${stdout ?? ''}${stderr ?? ''}` || message }
  }
}

/** Streams never end, which it waits for. */
const streams = 'events$'

async function findsNothing(t: TestContext, token: string | undefined, without: string): Promise<void> {
  const { made, report } = await walk(token, without)
  assert.equal(report, '')
  t.diagnostic(`${made} requests`)
  assert.ok(made > 1000, `it made ${made} requests only`)
}

test('schemathesis finds nothing as a guest (SEC-2)', { skip }, async (t) => {
  await findsNothing(t, undefined, streams)
})

test('schemathesis finds nothing as a customer (SEC-2)', { skip }, async (t) => {
  // Signing out would make a guest of her for the rest of the walk; the fuzzer beside this does it.
  await findsNothing(t, await shop.customer(), `${streams}|/auth/(logout|password|sessions)`)
})

test('schemathesis finds nothing as the staff (SEC-2)', { skip }, async (t) => {
  await findsNothing(t, staff, streams)
})

test('after schemathesis every invariant holds (SEC-2)', { skip }, async () => {
  assert.deepEqual(await shop.violations(), {})
})
