import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mailOf } from './index.ts'

const letter = {
  to: 'anna@example.org',
  locale: 'ru',
  subject: 'Новый пароль',
  paragraphs: ['Здравствуйте, <script>alert("Анна")</script>!'],
  link: { label: 'Задать пароль', url: 'https://shop.example/password/reset#a&b"c' },
  footer: "Если вы этого не просили, ничего не делайте — it's fine.",
} as const

test('a letter has the same words as text and as HTML, and a name adds no markup (ID-13, A13)', () => {
  const { to, subject, text, html } = mailOf(letter)
  assert.deepEqual([to, subject], ['anna@example.org', 'Новый пароль'])
  assert.equal(text, [letter.paragraphs[0], `Задать пароль:\n${letter.link.url}`, `${letter.footer}\n`].join('\n\n'))
  assert.ok(!html.includes('<script>'))
  assert.ok(html.includes('&lt;script&gt;alert(&quot;Анна&quot;)&lt;/script&gt;'))
  assert.ok(html.includes('href="https://shop.example/password/reset#a&amp;b&quot;c"'))
  assert.match(html, /<html lang="ru">/)
})

test('a code is in both forms of the letter (ID-12)', () => {
  const { text, html } = mailOf({ ...letter, code: '042917' })
  assert.match(text, /^042917$/m)
  assert.ok(html.includes('>042917<'))
})
