import { Type } from 'typebox'
import type { AnyTx } from '#platform/db'
import { enqueue, type Job } from '#platform/jobs'
import { openSeal, WrongSeal, type Seal } from '#platform/seal'
import type { Log } from '#platform/telemetry'
import { newId, seconds } from '#platform/values'
import { assertSendable, MailRefused, type Mail, type MailTransport, type QueuedMail } from './mail.ts'

/** The mails that wait to be sent. */
export type MailQueue = Readonly<{
  /**
   * Enqueues a mail in the caller's transaction. It is sent at least once after the commit. With `key` it replaces a mail
   * that waits under the same key. Throws `TypeError` for a recipient or a subject that could add headers.
   */
  send: (tx: AnyTx, mail: Mail, options?: Readonly<{ key?: string }>) => Promise<void>
  /** The job that sends them. */
  job: (needs: SendNeeds) => Job
}>

type SendNeeds = Readonly<{ transport: MailTransport; log: Pick<Log, 'warn'> }>

const payload = Type.Object({ id: Type.String(), sealed: Type.String() })
const name = 'mail.send-mail'
const timeLimit = seconds(60)

/** Fifteen attempts take a day. A code in the mail has expired by then. */
const attempts = 15

/** Opens the queue. It encrypts mails with `secret`, because they contain codes that sign people in. */
export function openMailQueue({ secret }: Readonly<{ secret: string }>): MailQueue {
  const seal = openSeal(secret, 'mail queue')
  const queued: Job<typeof payload> = { name, payload, timeLimit, work: async () => {} }
  return {
    send: async (tx, mail, { key } = {}) => {
      assertSendable(mail)
      const sealed = seal.close(JSON.stringify(mail))
      await enqueue(tx, queued, {
        payload: { id: newId(), sealed },
        attempts,
        ...(key !== undefined && { key: `${name} ${key}` }),
      })
    },
    job: ({ transport, log }): Job<typeof payload> => ({
      ...queued,
      work: async ({ id, sealed }, signal) => {
        await sendOrGiveUp({ ...openMail(seal, sealed), id }, { transport, log, signal })
      },
    }),
  }
}

/** The job fails with this message, and `posad check` shows it when no attempt is left. */
function openMail(seal: Seal, sealed: string): Mail {
  try {
    return JSON.parse(seal.open(sealed)) as Mail
  } catch (error) {
    if (!(error instanceof WrongSeal)) throw error
    const advice = 'set MAIL_SECRET, or mail-secret in POSAD_DATA, to the value of that time'
    throw new Error(`The mail was queued under another MAIL_SECRET, and nothing else can read it: ${advice}`, {
      cause: error,
    })
  }
}

/** A mailbox that does not exist is no failure of the program: the mail ends with a line in the log. */
async function sendOrGiveUp(mail: QueuedMail, { transport, log, signal }: SendNeeds & { signal: AbortSignal }) {
  try {
    await transport.send(mail, signal)
  } catch (error) {
    if (!(error instanceof MailRefused)) throw error
    log.warn({ mail_id: mail.id, reason: error.message }, 'a mail was refused')
  }
}
