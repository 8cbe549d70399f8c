import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { goodPassword, openIdentity, type Opened } from '../testing.ts'

let house: Opened
before(async () => {
  house = await openIdentity()
})
after(() => house.close())

type Sent = Readonly<{ method: string; headers: Record<string, string>; body: string }>

/** As little of a browser as the page asks for. */
async function open(hash: string, filled: Record<string, string>) {
  const { body: html } = await house.http.inject({ url: '/invitation', headers: { 'accept-language': 'en' } })
  const script = /<script>([^]*)<\/script>/.exec(html)?.[1] ?? ''
  const said = Object.fromEntries([...html.matchAll(/data-(\w+)="([^"]*)"/g)].map(([, name, text]) => [name, text]))
  const status = { textContent: '' }
  const button = { disabled: false }
  let submit = async (_event: object) => {}
  const form = {
    dataset: said,
    hidden: false,
    querySelector: () => button,
    addEventListener: (_name: string, listener: typeof submit) => {
      submit = listener
    },
  }
  const visited: string[] = []
  runInNewContext(script, {
    document: { forms: [form], querySelector: () => status, documentElement: { lang: 'en' } },
    location: { hash, pathname: '/invitation' },
    history: { replaceState: (_state: unknown, _title: string, path: string) => visited.push(path) },
    FormData: function FormData() {
      return new Map(Object.entries(filled))
    },
    fetch: async (url: string, { method, headers, body }: Sent) => {
      const { statusCode, payload } = await house.http.inject({ method: method as 'POST', url, headers, body })
      return { ok: statusCode < 300, json: async () => JSON.parse(payload) }
    },
  })
  return { html, script, form, status, said, visited, press: () => submit({ preventDefault: () => {} }) }
}

const filled = { name: 'Olga', email: 'olga@example.com', password: goodPassword }

test('the page takes the code out of its address, accepts, and clears the address (ID-17)', async () => {
  const code = await house.module.usersAdmin.foundingInvitation()
  const weak = await open(`#${code}`, { ...filled, password: 'qwertyuiop' })
  await weak.press()
  assert.equal(weak.status.textContent, 'This password is among the first that anybody tries')
  assert.equal(weak.form.hidden, false, 'one may try again')
  const page = await open(`#${code}`, filled)
  await page.press()
  assert.equal(page.status.textContent, page.said['done'])
  assert.ok(page.form.hidden)
  assert.deepEqual(page.visited, ['/invitation'])
  assert.equal((await house.logIn('olga@example.com')).json().user.role, 'admin')
})

test('an incomplete link says so (ID-17)', async () => {
  const page = await open('', filled)
  assert.equal(page.status.textContent, page.said['incomplete'])
  assert.ok(page.form.hidden)
})

test('the policy of the page lets exactly its own script run (ID-17)', async () => {
  const { html, script } = await open('#x', filled)
  assert.equal(html.match(/<script/g)?.length, 1)
  const answer = await house.http.inject('/invitation')
  const hash = createHash('sha256').update(script).digest('base64')
  assert.ok(String(answer.headers['content-security-policy']).includes(`script-src 'sha256-${hash}'`))
})
