/** One mail to one person. */
export type Mail = Readonly<{
  /** One bare address, such as anna@example.org. */
  to: string
  subject: string
  text: string
  html: string
}>

/** A mail in the queue. Each attempt sends the same `Message-ID`, so a mailbox can drop the second copy. */
export type QueuedMail = Mail & Readonly<{ id: string }>

/** Sends mails: by SMTP, or into files. */
export type MailTransport = Readonly<{
  /** Throws `MailRefused` when no later attempt can succeed, any other error when a later one may. */
  send: (mail: QueuedMail, signal?: AbortSignal) => Promise<void>
}>

/** The mail server refused the recipient for good, for example because the mailbox does not exist. */
export class MailRefused extends Error {
  override name = 'MailRefused'
}

const longestAddress = 254
const longestSubject = 200
const longestBody = 100_000

/** One mailbox. Commas, brackets, quotes, spaces and control characters would add recipients or headers. */
const address = /^[^\s\p{C}<>()[\]\\,;:"@]{1,64}@[\p{L}\d](?:[\p{L}\d.-]{0,252}[\p{L}\d])?$/u

/** Throws `TypeError` when a header of the mail could add a recipient or a header, or the mail is too long. */
export function assertSendable({ to, subject, text, html }: Mail): void {
  if (to.length > longestAddress || !address.test(to)) throw new TypeError('The recipient is not one e-mail address')
  if (subject.length > longestSubject || /[\p{Cc}\u2028\u2029]/u.test(subject))
    throw new TypeError('The subject is too long, or has a control character')
  if (text.length > longestBody || html.length > longestBody) throw new TypeError('The mail is too long')
}
