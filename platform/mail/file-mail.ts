import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { MailTransport } from './mail.ts'
import { messageOf } from './message.ts'

type FileMailSettings = Readonly<{ directory: string; from: string }>

/** Writes mails as `.eml` files that mail programs open. Only the owner of the process can read them. */
export function fileMail({ directory, from }: FileMailSettings): MailTransport {
  return {
    send: async (mail, signal) => {
      // A process that sends no mail does not load the library.
      const { createTransport } = await import('nodemailer')
      const transport = createTransport({ streamTransport: true, buffer: true, newline: 'unix' })
      const { message } = await transport.sendMail(messageOf(mail, from))
      await mkdir(directory, { recursive: true, mode: 0o700 })
      signal?.throwIfAborted()
      // The name is the id of the mail, so a second attempt replaces the first file.
      const file = join(directory, `${mail.id}.eml`)
      await writeFile(`${file}.part`, message as Buffer, { mode: 0o600 })
      await rename(`${file}.part`, file)
    },
  }
}
