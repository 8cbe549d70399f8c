import type { VNode } from 'preact'
import { browser } from '../browser.ts'
import { AccountForm } from '../parts/account-form.tsx'
import { route, type PageProps } from '../router/route.ts'
import { useShop } from '../shop.ts'

function RegisterPage({ query }: PageProps<never>): VNode {
  const { href, texts } = useShop()
  const next = query.get('next')
  return (
    <div class="narrow">
      <h1>{texts.account.register}</h1>
      <AccountForm
        name="register"
        submit={texts.account.registerButton}
        next={next}
        isNew
        send={(fields) => browser().session.register(fields)}
      />
      <p class="after">
        {texts.account.hasAccount}{' '}
        <a href={href(`/sign-in${next === null ? '' : `?next=${encodeURIComponent(next)}`}`)}>{texts.account.signIn}</a>
      </p>
    </div>
  )
}

export const registerPage = route<never>({
  path: '/register',
  parameters: ['next'],
  Page: RegisterPage,
  head: ({ shop: { facts, texts } }) => ({ title: `${texts.account.register} — ${facts.name}` }),
})
