import type { VNode } from 'preact'
import { bodyOf, type Schemas } from '../../api/client.ts'
import { browser } from '../../browser.ts'
import { Form, useForm } from '../../parts/form.tsx'
import { useShop } from '../../shop.ts'
import { Cancel } from './link-email.tsx'

type Offer = Schemas['MergeOffer']
type Props = Readonly<{ offer: Offer; merged: () => void; close: () => void }>

/** Shows two accounts of one person before they become one. */
export function MergeOffer({ offer: { merge_token, own, other }, merged, close }: Props): VNode {
  const { texts } = useShop()
  const { merge } = texts.account
  const form = useForm({
    send: async () => {
      browser().session.merged(await bodyOf(browser().api.POST('/api/v1/auth/merge', { body: { merge_token } })))
      merged()
    },
  })
  return (
    <div class="form">
      <p>{merge.lead}</p>
      <div class="merge-sides">
        <Side side={own} title={merge.own} />
        <Side side={other} title={merge.other} />
      </div>
      <p class="hint">{merge.ends}</p>
      <Form form={form} label={merge.submit} beside={<Cancel close={close} />} />
    </div>
  )
}

function Side({ side, title }: Readonly<{ side: Offer['own']; title: string }>): VNode {
  const { formats, texts } = useShop()
  const { access, merge } = texts.account
  return (
    <section class="merge-side">
      <h4>{title}</h4>
      {side.name !== '' && <p>{side.name}</p>}
      {side.identities.map(({ provider, subject }) => (
        <p key={`${provider} ${subject}`}>
          {access.providers[provider]} {subject}
        </p>
      ))}
      <p class="hint">{merge.since(formats.date(side.created_at))}</p>
      <span class={side.is_survivor ? 'badge' : 'badge cancelled'}>
        {side.is_survivor ? merge.remains : merge.joins}
      </span>
    </section>
  )
}
