import type { VNode } from 'preact'
import { browser } from '../browser.ts'
import { AccountForm } from '../parts/account-form.tsx'
import { route, type PageProps } from '../router/route.ts'
import { useShop } from '../shop.ts'

function SignInPage({ query }: PageProps<never>): VNode {
  const { href, texts } = useShop()
  const next = query.get('next')
  return (
    <div class="narrow">
      <h1>{texts.account.signIn}</h1>
      <AccountForm
        name="sign-in"
        submit={texts.account.signInButton}
        next={next}
        send={({ email, password }) => browser().session.signIn({ email, password })}
      />
      <p class="after">
        {texts.account.noAccount}{' '}
        <a href={href(`/register${next === null ? '' : `?next=${encodeURIComponent(next)}`}`)}>
          {texts.account.register}
        </a>
      </p>
    </div>
  )
}

export const signInPage = route<never>({
  path: '/sign-in',
  parameters: ['next'],
  Page: SignInPage,
  head: ({ shop: { facts, texts } }) => ({ title: `${texts.account.signIn} — ${facts.name}` }),
})
