import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Schemas } from '../api/client.ts'
import { failureOf } from '../api/failure.ts'
import { reasonOf } from '../api/reason-of.ts'
import { useShop } from '../shop.ts'

/** A login that waits for the person in the bot. */
export type BotLogin = Schemas['DeeplinkLogin']

/** Milliseconds between two questions whether the person has answered. */
const pause = 2500

type Props = Readonly<{
  login: BotLogin
  /** Asks once. True when the person has answered. */
  finish: () => Promise<boolean>
  /** The login has ended without an answer, for this reason. */
  failed: (reason: string) => void
}>

/** The link to the bot and the number that the bot asks for. The page goes on by itself once the person has answered. */
export function TelegramLogin({ login: { link, command, number, expires_in }, finish, failed }: Props): VNode {
  const { texts } = useShop()
  const { telegram } = texts.account
  useEffect(() => {
    const end = Date.now() + expires_in * 1000
    let timer: ReturnType<typeof setTimeout>
    const ask = async () => {
      const isOver = await finish().catch((error: unknown) => {
        const failure = failureOf(error)
        // A lost answer and a shop that restarts are asked again.
        if (Date.now() < end && (failure.status === 0 || failure.status >= 500)) return false
        failed(reasonOf(failure, texts))
        return true
      })
      if (!isOver) timer = setTimeout(() => void ask(), pause)
    }
    timer = setTimeout(() => void ask(), pause)
    return () => clearTimeout(timer)
  }, [link])
  return (
    <div class="form telegram">
      <p>{telegram.number}</p>
      <p class="code">{number}</p>
      <a class="button" href={link} target="_blank" rel="noopener noreferrer">
        {telegram.open}
      </a>
      <p class="hint" role="status">
        {telegram.waiting}
      </p>
      <p class="hint">
        {telegram.command} <code>{command}</code>
      </p>
    </div>
  )
}

/** A login that began, and the reason why the last one ended. */
export function useTelegramLogin(): Readonly<{
  login: BotLogin | undefined
  refusal: string | undefined
  begin: (login: BotLogin) => void
  end: (reason?: string) => void
}> {
  const [state, setState] = useState<Readonly<{ login?: BotLogin; refusal?: string }>>({})
  return {
    login: state.login,
    refusal: state.refusal,
    begin: (login) => setState({ login }),
    end: (refusal) => setState(refusal === undefined ? {} : { refusal }),
  }
}
