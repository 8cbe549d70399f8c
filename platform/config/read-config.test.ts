import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { ConfigError, envExample, integer, optional, readConfig, secret, settings, text, withDefault } from './index.ts'

const kettle = settings({
  title: 'The kettle',
  variables: {
    KETTLE_LITRES: withDefault(integer(1, 9), '2', 'How much it holds.'),
    KETTLE_NAME: optional(text(1, 20), 'What it is called.'),
  },
  families: { KETTLE_TEA_: optional(text(), 'The tea of one guest.') },
  read: (values, families) => {
    if (values.KETTLE_NAME === 'teapot') throw new ConfigError('KETTLE_NAME is "teapot": expected another name')
    return { litres: values.KETTLE_LITRES, name: values.KETTLE_NAME, teas: [...families.KETTLE_TEA_] }
  },
  notices: (values) => (values.KETTLE_LITRES > 5 ? ['The kettle is heavy'] : []),
})

const safe = settings({
  title: 'The safe',
  variables: { SAFE_CODE: secret(text(4), 'Opens it.', ['SAFE_KEY']) },
  read: (values) => ({ code: values.SAFE_CODE }),
})

const read = (environment: Record<string, string>) => readConfig(environment, { topics: { kettle, safe } })

test('each topic becomes one typed value under the name that the app gives it (PLT-11)', () => {
  const config = read({ KETTLE_NAME: 'Copper', KETTLE_TEA_ANNA: 'oolong', SAFE_KEY: '4711' })
  assert.deepEqual(config.kettle, { litres: 2, name: 'Copper', teas: [['KETTLE_TEA_ANNA', 'oolong']] })
  assert.deepEqual(config.safe, { code: '4711' })
  assert.deepEqual(config.notices, [])
  assert.deepEqual(read({ KETTLE_LITRES: '6' }).notices, ['The kettle is heavy'])
})

test('a topic may refuse a combination of its values (PLT-11)', () => {
  assert.throws(
    () => read({ KETTLE_NAME: 'teapot' }),
    new ConfigError('KETTLE_NAME is "teapot": expected another name'),
  )
})

test('a printed configuration shows no secret (SEC-4)', () => {
  const config = read({ SAFE_CODE: '47114711', KETTLE_NAME: 'of 47114711' })
  assert.doesNotMatch(`${inspect(config)} ${JSON.stringify(config)}`, /4711/)
})

test('two topics cannot declare the same variable', () => {
  assert.throws(
    () => readConfig({}, { topics: { kettle, other: kettle } }),
    /kettle and other both declare KETTLE_LITRES/,
  )
})

test('the example lists every variable with its default and description (PLT-11)', () => {
  assert.equal(
    envExample([kettle, safe]).replace(/^# [^]*?\n\n/, ''),
    `# --- The kettle ---

# How much it holds.
#KETTLE_LITRES=2

# What it is called.
#KETTLE_NAME=

# The tea of one guest.
#KETTLE_TEA_<SERVICE>=

# --- The safe ---

# Opens it. Also read as SAFE_KEY.
#SAFE_CODE=
`,
  )
})
