import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { html } from '#platform/html'
import { definePage } from './page.ts'

const attack = `</title></script><img src=x onerror="alert(1)">`

const hashOf = (text: string | undefined) =>
  `'sha256-${createHash('sha256')
    .update(text ?? '')
    .digest('base64')}'`

test('no text of a page adds a tag to it (SEC-1)', () => {
  for (const layout of ['sheet', 'window'] as const) {
    const page = definePage({ layout, script: 'start()' })
    const text = page.render({ language: 'en', title: attack, body: html`<h1 title="${attack}">${attack}</h1>` })
    assert.equal(text.match(/<img/g), null)
    assert.equal(text.match(/<script/g)?.length, 1)
    assert.equal(text.match(/&lt;img src=x onerror=&quot;alert\(1\)&quot;&gt;/g)?.length, 3)
  }
})

test('the policy of a page allows its own style and script and nothing written into it later (SEC-4)', () => {
  const page = definePage({ style: 'b{color:red}', script: 'start()', policy: { 'form-action': `'self'` } })
  const text = page.render({ language: 'ru', title: 'Чай', body: html`<b>Чай</b>` })
  const policy = page.headers['content-security-policy']
  assert.ok(policy.includes(`style-src 'self' ${hashOf(/<style>([^]*)<\/style>/.exec(text)?.[1])};`))
  assert.ok(policy.includes(`script-src ${hashOf('start()')};`))
  assert.match(policy, /^default-src 'none';.*form-action 'self'; base-uri 'none'/)
  assert.doesNotMatch(definePage({}).headers['content-security-policy'], /script-src|connect-src|unsafe/)
  assert.match(text, /<html lang="ru">/)
})

test('a style or script that could end its element is refused', () => {
  assert.throws(() => definePage({ script: 'write("</script>")' }), /could end its element/)
  assert.throws(() => definePage({ style: 'b::after{content:"</style>"}' }), /could end its element/)
})
