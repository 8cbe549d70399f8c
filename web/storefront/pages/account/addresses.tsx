import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { bodyOf } from '../../api/client.ts'
import { reasonOf } from '../../api/reason-of.ts'
import { browser } from '../../browser.ts'
import { attempt } from '../../parts/attempt.ts'
import { say } from '../../parts/messages.tsx'
import { useResource } from '../../parts/resource.ts'
import { useShop } from '../../shop.ts'
import { useAddressTexts } from '../../text/addresses.ts'
import { maxAddresses, partsOf, type SavedAddress } from '../saved-address.ts'
import { AccountFrame } from './account-frame.tsx'
import { AddressCard } from './address-card.tsx'
import { AddressForm } from './address-form.tsx'

export function AddressesPage(): VNode {
  const texts = useAddressTexts()
  return (
    <AccountFrame path="/account/addresses" title={() => texts.title}>
      {() => <Addresses />}
    </AccountFrame>
  )
}

const readAll = () => bodyOf(browser().api.GET('/api/v1/auth/me/addresses', { params: { query: { page_size: 100 } } }))

function Addresses(): VNode {
  const { texts } = useShop()
  const { resource, reload } = useResource(readAll, 'addresses')
  if (resource.kind === 'loading') return <p role="status">{texts.ui.loading}</p>
  if (resource.kind === 'failed') return <p class="alert">{reasonOf(resource.failure, texts)}</p>
  return <AddressList addresses={resource.content.items} reload={reload} />
}

type Props = Readonly<{ addresses: readonly SavedAddress[]; reload: () => void }>

/** `arrived`: the address where the reader goes on after an action, or the list when it is gone. */
function AddressList({ addresses, reload }: Props): VNode {
  const texts = useAddressTexts()
  const [isAdding, setAdding] = useState(false)
  const [arrived, setArrived] = useState<string>()
  const done = (id?: string) => {
    setAdding(false)
    setArrived(id)
    reload()
  }
  const remove = useRemoval(() => done('list'))
  return (
    <section class="section" aria-label={texts.title}>
      <p class="hint">{addresses.length > 0 ? texts.hint : texts.emptyHint}</p>
      {addresses.length === 0 && !isAdding && <p class="empty">{texts.empty}</p>}
      <ul class="addresses">
        {addresses.map((address) => (
          <AddressCard
            key={address.id}
            address={address}
            isArrived={address.id === arrived}
            done={done}
            remove={() => remove(address)}
          />
        ))}
      </ul>
      {isAdding && (
        <div class="sheet">
          <AddressForm done={(id) => done(id)} close={() => setAdding(false)} />
        </div>
      )}
      {!isAdding && addresses.length < maxAddresses && (
        <button
          key={arrived === 'list' ? addresses.length : 'add'}
          ref={arrived === 'list' ? (button) => button?.focus() : null}
          type="button"
          class="button quiet"
          onClick={() => setAdding(true)}
        >
          {texts.add}
        </button>
      )}
      {addresses.length >= maxAddresses && <p class="hint">{texts.full}</p>}
    </section>
  )
}

/** Deletes an address at once; the message puts it back. */
function useRemoval(done: () => void): (address: SavedAddress) => void {
  const { texts: all } = useShop()
  const texts = useAddressTexts()
  const { api } = browser()
  const putBack = (address: SavedAddress) =>
    attempt(all, async () => {
      const { id } = await bodyOf(api.POST('/api/v1/auth/me/addresses', { body: partsOf(address) }))
      const params = { path: { id } }
      if (address.is_default) await bodyOf(api.PUT('/api/v1/auth/me/addresses/{id}/default', { params }))
      done()
    })
  return (address) =>
    void attempt(all, async () => {
      await bodyOf(api.DELETE('/api/v1/auth/me/addresses/{id}', { params: { path: { id: address.id } } }))
      say(texts.deleted, { label: texts.putBack, run: () => void putBack(address) })
      done()
    })
}
