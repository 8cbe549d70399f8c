import assert from 'node:assert/strict'
import { test } from 'node:test'
import { html, sourceOf, trusted } from './html.ts'

const attack = `</script></title><img src=x onerror="alert('1')">&amp;`
const harmless = '&lt;/script&gt;&lt;/title&gt;&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;'

test('a text adds no tag and no attribute, wherever it stands (SEC-1)', () => {
  assert.equal(sourceOf(html`<p title="name=${attack}">${[attack]}</p>`), `<p title="name=${harmless}">${harmless}</p>`)
})

test('HTML within HTML stays as it is, and an absent part leaves nothing', () => {
  const names = [1, 2].map((number) => html`<b>${number}</b>`)
  assert.equal(sourceOf(html`<p>${names}${undefined}${trusted('<br>')}</p>`), '<p><b>1</b><b>2</b><br></p>')
})

test('an object of a request that looks like HTML is not taken for HTML (SEC-1)', () => {
  const given = JSON.parse('{"source":"<b>","html":"<b>"}') as string
  assert.throws(() => html`<p>${given}</p>`)
})

test('a place where no escaping is enough is refused (SEC-1)', () => {
  for (const write of [
    () => html`<p title=${attack}></p>`,
    () => html`<p class="a" title=${attack}></p>`,
    () =>
      html`<script>
        const name = '${attack}'
      </script>`,
    () =>
      html`<style>
        p {
          color: ${attack};
        }
      </style>`,
    () => html`<${attack}></p>`,
  ])
    assert.throws(write, /cannot be escaped here/)
  assert.equal(
    sourceOf(
      html`<script src="${attack}"></script>
        <p>${1}</p>`,
    ).endsWith('<p>1</p>'),
    true,
  )
})
