import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { bodyOf } from '../../api/client.ts'
import { reasonOf } from '../../api/reason-of.ts'
import { browser } from '../../browser.ts'
import { useResource } from '../../parts/resource.ts'
import type { Session } from '../../session/session-store.ts'
import { useShop } from '../../shop.ts'
import { AccountFrame } from './account-frame.tsx'
import { ChangePassword } from './change-password.tsx'
import { Merges } from './merges.tsx'
import { Sessions } from './sessions.tsx'
import { SignInWays } from './sign-in-ways.tsx'

export function AccessPage(): VNode {
  const { texts } = useShop()
  return (
    <AccountFrame path="/account/access" title={() => texts.account.access.title}>
      {(session) => <AccessOf session={session} />}
    </AccountFrame>
  )
}

function AccessOf({ session: { user } }: Readonly<{ session: Session }>): VNode {
  const { texts } = useShop()
  const { resource, reload } = useResource(() => bodyOf(browser().api.GET('/api/v1/auth/identities')), user.id)
  const [turn, setTurn] = useState(0)
  const changed = () => {
    reload()
    setTurn((present) => present + 1)
    void browser().session.reread()
  }
  if (resource.kind === 'loading') return <p role="status">{texts.ui.loading}</p>
  if (resource.kind === 'failed') return <p class="alert">{reasonOf(resource.failure, texts)}</p>
  return (
    <>
      <SignInWays access={resource.content} changed={changed} />
      <Merges key={`merges-${turn}`} hasPassword={resource.content.has_password} changed={changed} />
      <ChangePassword user={user} access={resource.content} changed={() => setTurn(turn + 1)} />
      <Sessions key={`sessions-${turn}`} />
    </>
  )
}
