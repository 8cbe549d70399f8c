import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { MailRefused, smtpMail, type MailTransport } from './index.ts'
import { mailContract } from './mail.contract.ts'

const from = 'Tea and flowers <shop@example.org>'
const login = { user: 'shop', password: 'the password of the shop' }
const mail = { id: 'one', to: 'anna@example.org', subject: 'Hello', text: 'Your code is 123456', html: '<p>Hello</p>' }

/** A real SMTP server with its own certificate, which asks for a user and a password. */
async function openSmtp(options: SMTPServerOptions = {}) {
  const messages: string[] = []
  const server = new SMTPServer({
    onAuth: ({ username, password }, _session, done) =>
      username === login.user && password === login.password
        ? done(null, { user: username })
        : done(Object.assign(new Error(`${username} has another password`), { responseCode: 535 })),
    onData: (stream, _session, done) => {
      let message = ''
      stream.setEncoding('utf8')
      stream.on('data', (chunk: string) => (message += chunk))
      stream.on('end', () => {
        messages.push(message)
        done()
      })
    },
    ...options,
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  const transportWith = (settings: object = {}): MailTransport =>
    smtpMail({ host: '127.0.0.1', port, secure: false, login, from, ...settings })
  return {
    port,
    transportWith,
    transport: transportWith(),
    arrived: async () => [...messages],
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

mailContract('an SMTP server', openSmtp)

test('a mailbox that does not exist is refused for good, and the error has no address (ID-13, A26)', async () => {
  const smtp = await openSmtp({
    onRcptTo: ({ address }, _session, done) =>
      done(Object.assign(new Error(`<${address}> is unknown here`), { responseCode: 550 })),
  })
  await assert.rejects(smtp.transport.send(mail), (error: Error) => {
    assert.ok(error instanceof MailRefused)
    assert.equal(error.message, 'The mail server refused the mail: EENVELOPE 550')
    assert.equal(error.cause, undefined)
    return true
  })
  await smtp.close()
})

test('a full mailbox and a wrong password may succeed later (ID-13)', async () => {
  const smtp = await openSmtp({
    onRcptTo: (_address, _session, done) =>
      done(Object.assign(new Error('the mailbox is full'), { responseCode: 452 })),
  })
  const isTemporary = (error: Error) => !(error instanceof MailRefused) && !error.message.includes('mailbox')
  await assert.rejects(smtp.transport.send(mail), isTemporary)
  const wrong = smtp.transportWith({ login: { user: 'shop', password: 'guess' } })
  await assert.rejects(wrong.send(mail), { name: 'Error', message: 'The mail server did not take the mail: EAUTH 535' })
  await smtp.close()
})

test('a password is not sent to another machine that offers no encryption (ID-13)', async () => {
  const smtp = await openSmtp({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true })
  // 0.0.0.0 reaches the same server, but does not count as this machine.
  await assert.rejects(smtp.transportWith({ host: '0.0.0.0' }).send(mail), /ETLS|ESOCKET/)
  assert.deepEqual(await smtp.arrived(), [])
  await smtp.close()
})

test('a server that hangs ends with the signal of the job (ID-13)', async () => {
  const sockets = new Set<{ destroy: () => void }>()
  const server = createServer((socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const transport = smtpMail({ host: '127.0.0.1', port, secure: false, login: undefined, from })
  const abort = new AbortController()
  const sending = transport.send(mail, abort.signal)
  server.once('connection', () => abort.abort())
  await assert.rejects(sending, { name: 'AbortError' })
  for (const socket of sockets) socket.destroy()
  server.close()
})

test('after five mails without an answer the next ones do not wait for the server (ID-13, REL-3)', async () => {
  let connections = 0
  const server = createServer((socket) => {
    connections++
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const transport = smtpMail({ host: '127.0.0.1', port, secure: false, login: undefined, from })
  for (let i = 0; i < 8; i++) await assert.rejects(transport.send(mail), { name: 'Unavailable' })
  assert.equal(connections, 5)
  server.close()
})
