import { Circuit } from '#platform/circuit'
import { Unavailable } from '#platform/outcome'
import { seconds } from '#platform/values'
import { MailRefused, type MailTransport } from './mail.ts'
import { messageOf } from './message.ts'

/** An SMTP server. `secure` speaks TLS from the first byte, as port 465 does. */
export type SmtpSettings = Readonly<{
  host: string
  port: number
  secure: boolean
  /** Absent for a server that asks for no password. */
  login: Readonly<{ user: string; password: string }> | undefined
  /** `Tea and flowers <shop@example.org>`. */
  from: string
}>

const isLoopback = (host: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host)

/**
 * A server that answers a little now and then would keep a job for its whole time. Jobs about money and stock share its places:
 * after five mails without an answer the circuit leaves one place at most to a server that hangs.
 */
const timeLimit = seconds(20)

/** Sends mails by SMTP, each on its own connection. A password never travels unencrypted to another machine. */
export function smtpMail({ host, port, secure, login, from }: SmtpSettings): MailTransport {
  const open = async () => {
    // A process that sends no mail does not load the library.
    const { createTransport } = await import('nodemailer')
    return createTransport({
      host,
      port,
      secure,
      ...(login && { auth: { user: login.user, pass: login.password } }),
      requireTLS: login !== undefined && !isLoopback(host),
      // The server of the same machine often has a certificate of its own making.
      ...(isLoopback(host) && { tls: { rejectUnauthorized: false } }),
      connectionTimeout: seconds(10),
      greetingTimeout: seconds(10),
      socketTimeout: seconds(20),
      dnsTimeout: seconds(10),
    })
  }
  const circuit = new Circuit('the mail server', { timeLimit })
  let opened: ReturnType<typeof open> | undefined
  return {
    send: async (mail, signal) => {
      const message = messageOf(mail, from)
      await circuit.run(async (inTime) => {
        try {
          const transport = await (opened ??= open())
          await transport.sendMail({ ...message, signal: inTime })
        } catch (error) {
          throw withoutContent(error)
        }
      }, signal)
    },
  }
}

/** The texts of mail servers quote addresses, and errors are logged: only the codes are taken over. */
function withoutContent(error: unknown): Error {
  const { code = 'unknown', responseCode = 0 } = error as { code?: string; responseCode?: number }
  const reason = responseCode ? `${code} ${responseCode}` : code
  // 4xx asks for another attempt. Refused passwords and senders are repaired in the settings.
  if (code === 'EENVELOPE' && responseCode >= 500) return new MailRefused(`The mail server refused the mail: ${reason}`)
  const notTaken = new Error(`The mail server did not take the mail: ${reason}`)
  // Without an answer the next mails need not wait for one.
  return responseCode ? notTaken : new Unavailable('The mail server', { cause: notTaken })
}
