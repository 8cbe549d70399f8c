import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { goodPassword, openIdentityTest, type IdentityTest } from '../../testing.ts'

let app: IdentityTest
before(async () => {
  app = await openIdentityTest()
})
after(() => app.close())

type FetchOptions = Readonly<{ method: string; headers: Record<string, string>; body: string }>

/** Runs the script of the page with the parts of a browser that it uses. */
async function openPage(hash: string, fields: Record<string, string>) {
  const { body: html } = await app.http.inject({ url: '/invitation', headers: { 'accept-language': 'en' } })
  const script = /<script>([^]*)<\/script>/.exec(html)?.[1] ?? ''
  const texts = Object.fromEntries([...html.matchAll(/data-(\w+)="([^"]*)"/g)].map(([, name, text]) => [name, text]))
  const status = { textContent: '' }
  const button = { disabled: false }
  const next = { hidden: true }
  let submit = async (_event: object) => {}
  const form = {
    dataset: texts,
    hidden: false,
    querySelector: () => button,
    addEventListener: (_name: string, listener: typeof submit) => {
      submit = listener
    },
  }
  const history: string[] = []
  runInNewContext(script, {
    document: {
      forms: [form],
      querySelector: (selector: string) => (selector === 'section' ? next : status),
      documentElement: { lang: 'en' },
    },
    location: { hash, pathname: '/invitation' },
    history: { replaceState: (_state: unknown, _title: string, path: string) => history.push(path) },
    FormData: function FormData() {
      return new Map(Object.entries(fields))
    },
    fetch: async (url: string, { method, headers, body }: FetchOptions) => {
      const { statusCode, payload } = await app.http.inject({ method: method as 'POST', url, headers, body })
      return { ok: statusCode < 300, json: async () => JSON.parse(payload) as unknown }
    },
  })
  return { html, script, form, status, next, texts, history, submit: () => submit({ preventDefault: () => {} }) }
}

const fields = { name: 'Olga', email: 'olga@example.com', password: goodPassword }

test('the page reads the code from its address, accepts, and says what to do next (F-74, ID-17)', async () => {
  const code = await app.module.users.inviteFirstAdmin()
  const weak = await openPage(`#${code}`, { ...fields, password: 'qwertyuiop' })
  await weak.submit()
  assert.equal(weak.status.textContent, 'This password is too common. Choose another one.')
  assert.equal(weak.form.hidden, false, 'the form can be submitted again')
  assert.ok(weak.next.hidden)
  const page = await openPage(`#${code}`, fields)
  await page.submit()
  assert.equal(page.status.textContent, page.texts['done'])
  assert.ok(page.form.hidden)
  assert.equal(page.next.hidden, false)
  for (const link of ['href="/api/docs"', 'href="/"']) assert.ok(page.html.includes(link), link)
  assert.deepEqual(page.history, ['/invitation'])
  assert.equal((await app.enter('olga@example.com')).user.role, 'admin')
})

test('an incomplete link says so (ID-17)', async () => {
  const page = await openPage('', fields)
  assert.equal(page.status.textContent, page.texts['incomplete'])
  assert.ok(page.form.hidden)
})

test('the policy of the page allows exactly its own script (ID-17)', async () => {
  const { html, script } = await openPage('#x', fields)
  assert.equal(html.match(/<script/g)?.length, 1)
  const { headers } = await app.http.inject('/invitation')
  const hash = createHash('sha256').update(script).digest('base64')
  assert.ok(String(headers['content-security-policy']).includes(`script-src 'sha256-${hash}'`))
})
