import type { SendMailOptions } from 'nodemailer'
import { assertSendable, type QueuedMail } from './mail.ts'

/** The options of nodemailer for a mail. It may read no file and no address that a mail names. */
export function messageOf({ id, ...mail }: QueuedMail, from: string): SendMailOptions {
  assertSendable(mail)
  const { to, subject, text, html } = mail
  return {
    from,
    to: { name: '', address: to },
    subject,
    text,
    html,
    messageId: `<${id}@${domainOf(from)}>`,
    // Out-of-office programs answer mails of people only (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

const domainOf = (from: string): string => /@([\w.-]+)>?$/.exec(from)?.[1] ?? 'localhost'
