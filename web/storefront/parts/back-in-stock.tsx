import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { bodyOf, type Api } from '../api/client.ts'
import { browser } from '../browser.ts'
import { useRouter } from '../router/router.ts'
import { sessionStore } from '../session/session-store.ts'
import { useShop } from '../shop.ts'
import { useStore } from '../store.ts'
import { attempt } from './attempt.ts'
import { Icon } from './icon.tsx'
import { say } from './messages.tsx'
import { useResource } from './resource.ts'

/** An account has at most 50 alerts: one page has all of them. */
const mostAlerts = 100

type Props = Readonly<{ variantId: string; slug: string }>

/** Asks for one e-mail when a sold-out variant is back, or takes that back. A guest signs in first. */
export function BackInStock({ variantId, slug }: Props): VNode {
  const { href, texts } = useShop()
  const router = useRouter()
  const session = useStore(sessionStore)
  const [isBusy, setBusy] = useState(false)
  const { resource, replace } = useResource(
    session ? () => readAlerts(browser().api) : undefined,
    session?.user.id ?? '',
  )
  const asked = session && resource.kind === 'ready' ? resource.content : []
  const isOn = asked.includes(variantId)
  const change = async () => {
    const params = { path: { id: variantId, kind: 'back_in_stock' as const } }
    const path = '/api/v1/catalog/variants/{id}/alerts/{kind}'
    if (isOn) await bodyOf(browser().api.DELETE(path, { params }))
    else await bodyOf(browser().api.PUT(path, { params }))
    replace(isOn ? asked.filter((each) => each !== variantId) : [...asked, variantId])
    say(isOn ? texts.product.alertOff : texts.product.alertOn)
  }
  const press = async () => {
    if (!session) return router.go(href(`/sign-in?next=/product/${slug}`))
    if (isBusy) return
    setBusy(true)
    await attempt(texts, change)
    setBusy(false)
  }
  return (
    <button type="button" class="button quiet alert-button" aria-pressed={isOn} onClick={() => void press()}>
      <Icon name={isOn ? 'check' : 'bell'} /> {texts.product.alert}
    </button>
  )
}

/** The variants about whose return the reader gets an e-mail. */
async function readAlerts(api: Api): Promise<readonly string[]> {
  const query = { page_size: mostAlerts }
  const { items } = await bodyOf(api.GET('/api/v1/catalog/variants/alerts', { params: { query } }))
  return items.filter(({ kind }) => kind === 'back_in_stock').map(({ variant_id }) => variant_id)
}
