import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { readMail, type ReadMail } from '#platform/testing'
import type { MailTransport, QueuedMail } from './mail.ts'

/** A transport under test, and the raw messages that arrived. */
type TestedTransport = Readonly<{
  transport: MailTransport
  arrived: () => Promise<readonly string[]>
  close: () => Promise<void>
}>

const mail: QueuedMail = {
  id: '01a1fcda-fec6-7bd9-a870-70789c7a9c12',
  to: 'anna@example.org',
  subject: 'Подтвердите почту — Posad',
  text: 'Здравствуйте, Анна!\n\nОткройте ссылку:\nhttps://shop.example/email/verify#kod\n',
  html: '<p>Здравствуйте, <b>Анна</b>!</p>',
}

/** Values that would add a header or a recipient, or read a file of the server. */
const attacks: readonly (readonly [string, Partial<QueuedMail>])[] = [
  ['a line break in the recipient', { to: 'anna@example.org\r\nBcc: boris@example.org' }],
  ['a second recipient', { to: 'anna@example.org,boris@example.org' }],
  ['a name with a second recipient', { to: 'Anna <boris@example.org>' }],
  ['a group of recipients', { to: 'all:boris@example.org;' }],
  ['a quoted recipient', { to: '"anna boris"@example.org' }],
  ['a recipient with a line separator', { to: 'anna@example.org\u2028x' }],
  ['no recipient', { to: '' }],
  ['a line break in the subject', { subject: 'Hello\r\nBcc: boris@example.org' }],
  ['a lone line feed in the subject', { subject: 'Hello\nBcc: boris@example.org' }],
  ['a zero byte in the subject', { subject: 'Hello\0' }],
]

/** The contract of every mail transport. */
export function mailContract(name: string, open: () => Promise<TestedTransport>): void {
  describe(`${name} as a mail transport`, () => {
    let opened: TestedTransport
    before(async () => {
      opened = await open()
    })
    after(() => opened.close())
    const latest = async (): Promise<ReadMail> => readMail((await opened.arrived()).at(-1) ?? '')

    test('delivers the subject, the text and the HTML in Russian as they are (ID-13)', async () => {
      await opened.transport.send(mail)
      const { headers, text, html } = await latest()
      assert.equal(headers['to'], 'anna@example.org')
      assert.equal(headers['from'], 'Tea and flowers <shop@example.org>')
      assert.equal(headers['subject'], mail.subject)
      assert.equal(text.trim(), mail.text.trim())
      assert.equal(html.trim(), mail.html.trim())
    })

    test('each attempt has the same Message-ID, so that a mailbox knows a copy (ID-13)', async () => {
      await opened.transport.send(mail)
      await opened.transport.send(mail)
      assert.equal((await latest()).headers['message-id'], `<${mail.id}@example.org>`)
      assert.equal((await latest()).headers['auto-submitted'], 'auto-generated')
    })

    for (const [attack, values] of attacks) {
      test(`refuses ${attack}, and sends nothing (ID-13, A13)`, async () => {
        const before = await opened.arrived()
        await assert.rejects(opened.transport.send({ ...mail, ...values }), TypeError)
        assert.deepEqual(await opened.arrived(), before)
      })
    }
  })
}
