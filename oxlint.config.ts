import { readFileSync } from 'node:fs'
import { defineConfig, type OxlintOverride } from 'oxlint'
import { components } from './tests/rules/layout.ts'

type Restriction = Readonly<{ regex: string; message: string }>

/** The modules: each has an entry `#name` in package.json. */
const { imports } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as { imports: object }
const modules = Object.keys(imports).flatMap((name) => /^#([a-z]+)$/.exec(name)?.[1] ?? [])
const anyModule = `(${modules.join('|')})`

/** `verb-noun/`; folders with one word are areas and components. */
const slice = '[a-z]+(-[a-z]+)+/'

const platformRestrictions: readonly Restriction[] = [
  { regex: `^#${anyModule}(/|$)`, message: 'The platform knows no business word: it imports no module.' },
  { regex: '/(apps|modules)/', message: 'The platform imports neither modules nor apps.' },
  {
    regex: '^\\.\\./[a-z]+/index\\.ts$',
    message: 'Another part of the platform is entered by its public interface: #platform/…',
  },
]
const moduleRestrictions: readonly Restriction[] = [
  {
    regex: `(^|/)modules/|^(\\.\\./)+${anyModule}/|^#${anyModule}/(.+/)?schema$`,
    message: 'Import another module by its public interface: #ordering, #ordering/events.',
  },
  { regex: '/apps/|^#apps', message: 'A module imports no app.' },
]
const noHttp: Restriction = {
  regex: '^#platform/http$',
  message: 'Only route.ts, page.ts, answers.ts and index.ts know HTTP: return an outcome of #platform/outcome.',
}
const noOtherSlice: Restriction = {
  regex: `^(\\.\\./)+([a-z]+/)?${slice}`,
  message: 'Slices do not import each other: share a domain model or the store.',
}
const noEffect: Restriction = {
  regex: '^(kysely|pg|fastify|node:.+|#platform/(db|http|events/.+))$',
  message: 'The root of a module or area is pure: put this into a slice or into store.',
}
const noSlice: Restriction = {
  regex: `^\\./${slice}`,
  message: 'The root of a module or area is pure, and slices are not: only index imports them.',
}

/** A later override of a rule replaces an earlier one, so each has all restrictions of its files. */
const restrict = (patterns: readonly Restriction[]): NonNullable<OxlintOverride['rules']> => ({
  'no-restricted-imports': ['error', { patterns: [...patterns] }],
})

const askHost = 'Only web/storefront/host knows where the storefront runs: add what you need to Host.'
const hostGlobals = [
  'matchMedia',
  'visualViewport',
  'screen',
  'Telegram',
  'window',
  'globalThis',
  'alert',
  'confirm',
  'prompt',
]
const hostProperties = ['clipboard', 'geolocation', 'share', 'canShare', 'userAgent', 'vibrate']

/** Keeps a part of the storefront from asking the browser what a host answers. */
const restrictHost = (globals: readonly string[]): NonNullable<OxlintOverride['rules']> => ({
  'no-restricted-globals': ['error', ...globals.map((name) => ({ name, message: askHost }))],
  'no-restricted-properties': [
    'error',
    ...hostProperties.map((property) => ({ object: 'navigator', property, message: askHost })),
    { object: 'URL', property: 'createObjectURL', message: askHost },
  ],
})

const tests = ['**/*.test.ts', '**/testing.ts']
const routes = ['route.ts', 'page.ts', 'answers.ts']
const everySlice = ['modules/*/*-*/**', 'modules/*/*/*-*/**']
/** The files at the root of a module or area that reach outside. */
const adapters = ['index', 'answers', 'store', 'checks', 'metrics', 'remote'].map((name) => `**/${name}.ts`)

const overrides: OxlintOverride[] = [
  {
    files: [...tests, 'tests/**/*.ts', 'platform/testing/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 500 }],
      'max-lines-per-function': 'off',
      'max-params': ['error', { max: 4 }],
    },
  },
  { files: ['oxlint.config.ts'], rules: { 'import/no-default-export': 'off' } },
  {
    files: ['web/storefront/**/*.{ts,tsx}'],
    excludeFiles: ['web/storefront/host/*.ts', 'web/storefront/service-worker.ts'],
    rules: restrictHost([...hostGlobals, 'history']),
  },
  { files: ['web/storefront/router/*.{ts,tsx}'], rules: restrictHost(hostGlobals) },
  {
    files: ['web/storefront/**/*.{ts,tsx}'],
    excludeFiles: ['web/storefront/entry-client.tsx'],
    rules: restrict([{ regex: '(^|/)web\\.ts$', message: 'Use `browser().host`: only the start chooses a host.' }]),
  },
  { files: ['platform/**/*.ts'], rules: restrict(platformRestrictions) },
  {
    files: ['modules/**/*.ts'],
    rules: {
      ...restrict(moduleRestrictions),
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Time comes in as a value: take a Clock.' },
        { object: 'Math', property: 'random', message: 'Chance comes from node:crypto.' },
        {
          object: 'process',
          property: 'env',
          message: 'Modules receive values; only platform/config reads the environment.',
        },
      ],
    },
  },
  {
    files: ['modules/**/*.ts'],
    excludeFiles: [...tests, '**/index.ts', ...routes.map((name) => `**/${name}`)],
    rules: restrict([...moduleRestrictions, noHttp]),
  },
  {
    files: everySlice.map((folder) => `${folder}/*.ts`),
    excludeFiles: [...tests, ...routes.map((name) => `**/${name}`)],
    rules: restrict([...moduleRestrictions, noHttp, noOtherSlice]),
  },
  {
    files: everySlice.flatMap((folder) => routes.map((name) => `${folder}/${name}`)),
    rules: restrict([...moduleRestrictions, noOtherSlice]),
  },
  {
    files: ['modules/*/*.ts', 'modules/*/*/*.ts'],
    excludeFiles: [
      ...tests,
      ...everySlice,
      ...adapters,
      'modules/*/store/*.ts',
      ...components.map((name) => `modules/${name}/*.ts`),
    ],
    rules: restrict([...moduleRestrictions, noHttp, noEffect, noSlice]),
  },
]

export default defineConfig({
  options: { typeAware: true },
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'node', 'promise'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  ignorePatterns: ['tests/rules/fixtures/**', 'platform/http/docs/redoc/**'],
  rules: {
    'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
    'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    'max-params': ['error', { max: 3 }],
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'import/no-default-export': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/consistent-type-imports': 'error',
    'unicorn/filename-case': ['error', { case: 'kebabCase' }],
    'no-await-in-loop': 'off',
    'no-underscore-dangle': 'off',
    'typescript/consistent-return': 'off',
    'promise/always-return': 'off',
    'promise/avoid-new': 'off',
    'unicorn/no-array-sort': 'error',
    'import/no-unassigned-import': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'no-shadow': 'off',
    'no-unmodified-loop-condition': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'import/no-named-as-default-member': 'off',
    'oxc/no-async-endpoint-handlers': 'off',
    'oxc/no-map-spread': 'off',
    'import/no-named-as-default': 'off',
    'typescript/no-floating-promises': [
      'error',
      {
        allowForKnownSafeCalls: [
          {
            from: 'package',
            package: 'node:test',
            name: ['test', 'describe', 'it', 'before', 'after', 'beforeEach', 'afterEach'],
          },
        ],
      },
    ],
    'eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
  },
  overrides,
})
