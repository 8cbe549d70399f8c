import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '../..')

/** Words that this repository does not use, and the terms to use instead. Matched in identifiers, texts and comments. */
const terms: readonly (readonly [words: string, use: string])[] = [
  ['house|houses', 'app'],
  ['tell|tells|told|telling|teller|tellers', 'publish, report, say'],
  ['hear|hears|heard|hearing|hearer|hearers|unheard', 'subscribe, handle, handler'],
  ['trail|trails', 'trace context'],
  ['nobody|somebody|anybody|stranger|strangers|whoever|whatever comes|the world', 'the name of the actor'],
  ['wish|wishes|wished', 'input, request'],
  ['gathered|gather|side by side', 'batched, concurrently, at once'],
  ['lanes|deadly|accuse|accused', 'group scheduler, poison message'],
  ['occurrence|occurrences', 'trigger'],
  ['patience|may last', 'timeout, untimed'],
  ['undo|undoes|undone|undoing', 'compensate, revert, roll back'],
  ['remember|remembers|remembered|remembering', 'store, cache'],
  ['forget|forgets|forgetting|forgotten|forgetful', 'delete, omit'],
  ['figure|figures', 'metric, sample, number'],
  ['vocabulary|vocabularies', 'taxonomy'],
  ['shelf|shelves', 'catalog cache, stock'],
  ['door|doors', 'public interface'],
  ['till|tills|stall|stalls|test counter|test shop', 'testing.ts, a fixture with a plain name'],
  ['news|remark|remarks', 'event, record'],
  ['walk|walks|walked|walking|stroll', 'advance, step, scan'],
  ['wanted', 'requested, expected'],
  ['standing|standings', 'status, session'],
  ['goodbye|goodbyes|afresh|anew', 'a plain term'],
  ['grp|snap', 'consumer_group, snapshot'],
  ['payment due|payment not due|shipment due|shipment not due', 'payment-requested, shipment-cancellation-requested …'],
]

/** Patterns of names and sentences, matched in the line as it is. */
const patterns: readonly (readonly [pattern: RegExp, use: string])[] = [
  [/\b[kK]ee?p[A-Z](?!live)\w*/, 'insert…, update…, save…, …Row'],
  [/\bkept[A-Z]\w*|\bKept[A-Z]\w*/, 'saved…, stored…'],
  [/\bWhole[A-Z]\w*|\w+Whole\b|\bwholeOf\b/, 'AdminProduct'],
  [/\bbecause\??:|\.because\b/, 'reason'],
  [/\bdrift\??:|\.drift\b/, 'violations'],
  [/\bmsg\.[a-z]|\bpos\b/, 'platform., position'],
  [/(?<!-)\bnouns?\b(?!-verb)/, 'domain model'],
  [/(?:\/\*\*|\/\/|--|^\s*\*)\s+(?:What|Who|Whoever|Whatever)\s/, 'a sentence with an actor as its subject'],
  [/\b(?:test|describe|it)\(\s*['"`](?:what|who|whoever|whatever)\s/i, 'a sentence with an actor as its subject'],
]

/** Ordinary meanings of those words: a line that matches is not reported. */
const allowed: readonly (readonly [file: RegExp, line: RegExp])[] = [
  // The field of an address.
  [/./, /\bhouse\b['"]?\s*[?:,}=]|\.house\b|['"]house['"]|\bhouse\s+text|->>? ?'house'/],
  // Names of slices and events, paths of an API, the lanes of Argon2, a till in a tea shop, a file format.
  [/./, /module\.noun|plural nouns|by a noun|\/till\b/],
  // Texts of products for customers, and the door at which a courier rings.
  [/^modules\/catalog\/demo\/(?:teas|flowers|bouquets|wares)\.ts$/, /./],
  [/^modules\/delivery\//, /\bdoors?\b/],
  // An option of protobufjs.
  [/^modules\/dispatch\/messages\//, /\bkeepCase\b/],
  // Addresses of houses, and their doors.
  [/^modules\/dispatch\//, /\bdoors?\b|\bhouses?\b/],
  [/\/address/, /\bdoors?\b|houses?/i],
  [/argon2/, /\blanes\b/],
  [/^apps\/command-line\/outbox\.ts$/, /cannot be undone/],
  [/^bench\/seed-catalog\.ts$/, /'Shelf '/],
  [/^tests\/rules\/skeleton\.test\.ts$/, /const old =/],
  // The path that reverses a merge of accounts.
  [/./, /\/merges?\/[^'"`]*\/undo\b/],
  // The texts of the demo products, which buyers read.
  [/^modules\/catalog\/demo\//, /description: \[/],
  // A setting of systemd.
  [/^docs\/guides\/run\.md$/, /^WantedBy=/],
  // The user `nobody` of Unix systems.
  [/^platform\/db\/embedded\.test\.ts$/, /`nobody`|'nobody'/],
  // The decision record names the old terms, and the picture of the architecture has a door.
  [/^docs\/adr\/0014-/, /./],
  [/^ARCHITECTURE\.md$/, /\bdoors?\b/],
]

type Finding = Readonly<{ line: number; word: string; use: string }>

const separated = (line: string) =>
  line
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .toLowerCase()
const termPatterns = terms.map(([words, use]) => [new RegExp(`\\b(?:${words})\\b`), use] as const)

function findingsIn(file: string, text: string): Finding[] {
  return text.split('\n').flatMap((line, i) => {
    if (allowed.some(([where, ordinary]) => where.test(file) && ordinary.test(line))) return []
    const words = separated(line)
    return [
      ...termPatterns.map(([pattern, use]) => [pattern.exec(words)?.[0], use] as const),
      ...patterns.map(([pattern, use]) => [pattern.exec(line)?.[0].trim(), use] as const),
    ].flatMap(([word, use]) => (word === undefined ? [] : [{ line: i + 1, word, use }]))
  })
}

/** Folders and files that still have old terms. A test fails when one of them is clean: remove it from this list. */
const pending: readonly string[] = []
const isPending = (file: string) => pending.some((path) => file.startsWith(path))

const sources = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx', '*.mjs', '*.sql', '*.md'],
  { cwd: root, encoding: 'utf8' },
)
  .split('\n')
  .filter((file) => file !== '' && file !== 'tests/rules/words.test.ts' && existsSync(join(root, file)))

const findings = sources.flatMap((file) =>
  findingsIn(file, readFileSync(join(root, file), 'utf8')).map(
    ({ line, word, use }) => [file, `${file}:${line} “${word}”: use ${use}`] as const,
  ),
)

test('the repository uses one term for each concept', () => {
  const reports = findings.filter(([file]) => !isPending(file)).map(([, report]) => report)
  assert.equal(reports.length, 0, `${reports.length} old terms\n${reports.join('\n')}`)
})

test('a folder without old terms is not pending', () => {
  const clean = pending.filter((path) => !findings.some(([file]) => file.startsWith(path)))
  assert.deepEqual(clean, [])
})

test('an old term is found in identifiers, comments, texts, SQL and file names of tests', () => {
  const lines = [
    'const toldEvents = []',
    '-- The house of the merchant',
    "throw new Error('nobody answers')",
    'select grp from msg.event',
    'await keepOrder(tx)',
    '/** What a slice returns. */',
    "test('what is sold is gone', () => {})",
    'type Refusal = { because: string }',
  ]
  const found = findingsIn('a.ts', lines.join('\n'))
  assert.deepEqual(new Set(found.map(({ line }) => line)), new Set(lines.map((_, i) => i + 1)))
})

test('ordinary words are not reported', () => {
  const lines = [
    "address: { street: 'Tverskaya', house: '1' }",
    'keepAlive: true',
    '// It waits because the lock is held.',
  ]
  assert.deepEqual(findingsIn('a.ts', lines.join('\n')), [])
})
