import type { VNode } from 'preact'
import { bodyOf } from '../api/client.ts'
import { browser } from '../browser.ts'
import { AccountForm, useOpenNext } from '../parts/account-form.tsx'
import { Form, useForm } from '../parts/form.tsx'
import { TelegramLogin, useTelegramLogin } from '../parts/telegram-login.tsx'
import { route, type PageProps } from '../router/route.ts'
import { useShop } from '../shop.ts'

function SignInPage({ query }: PageProps<never>): VNode {
  const { facts, href, texts } = useShop()
  const next = query.get('next')
  return (
    <div class="narrow">
      <h1>{texts.account.signIn}</h1>
      <AccountForm
        name="sign-in"
        submit={texts.account.signInButton}
        next={next}
        send={({ email, password }) => browser().session.signIn({ email, password })}
      >
        <a class="link" href={href('/password/forgot')}>
          {texts.account.forgot.link}
        </a>
      </AccountForm>
      {facts.hasTelegramSignIn && <TelegramSignIn next={next} />}
      <p class="after">
        {texts.account.noAccount}{' '}
        <a href={href(`/register${next === null ? '' : `?next=${encodeURIComponent(next)}`}`)}>
          {texts.account.register}
        </a>
      </p>
    </div>
  )
}

/** Signs the person in who picks the number in the bot of the shop. */
function TelegramSignIn({ next }: Readonly<{ next: string | null }>): VNode {
  const { texts } = useShop()
  const { login, refusal, begin, end } = useTelegramLogin()
  const openNext = useOpenNext(next)
  const form = useForm({
    send: async () => begin(await bodyOf(browser().api.POST('/api/v1/auth/telegram/deeplink'))),
  })
  const finish = async () => {
    const signedIn = await bodyOf(browser().api.POST('/api/v1/auth/telegram/deeplink/finish'))
    if ('status' in signedIn) return false
    browser().session.began(signedIn)
    openNext()
    return true
  }
  return (
    <section class="after">
      {login ? (
        <TelegramLogin login={login} finish={finish} failed={end} />
      ) : (
        <Form form={form} label={texts.account.telegram.signIn} button="button quiet wide">
          {refusal !== undefined && <p class="alert">{refusal}</p>}
        </Form>
      )}
    </section>
  )
}

export const signInPage = route<never>({
  path: '/sign-in',
  parameters: ['next'],
  Page: SignInPage,
  head: ({ shop: { facts, texts } }) => ({ title: `${texts.account.signIn} — ${facts.name}` }),
})
