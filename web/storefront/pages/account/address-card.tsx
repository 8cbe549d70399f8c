import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { bodyOf } from '../../api/client.ts'
import { browser } from '../../browser.ts'
import { attempt } from '../../parts/attempt.ts'
import { say } from '../../parts/messages.tsx'
import { useShop } from '../../shop.ts'
import { useAddressTexts } from '../../text/addresses.ts'
import { lineOf, type SavedAddress } from '../saved-address.ts'
import { AddressForm } from './address-form.tsx'

type Props = Readonly<{
  address: SavedAddress
  /** The reader has just saved or chosen it: the focus goes on here. */
  isArrived: boolean
  done: (id: string) => void
  remove: () => void
}>

/** A saved address and what the reader can do with it. */
export function AddressCard({ address, isArrived, done, remove }: Props): VNode {
  const texts = useAddressTexts()
  const [isEditing, setEditing] = useState(false)
  const card = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (isArrived && !isEditing) card.current?.focus()
  }, [isArrived, isEditing])
  const close = () => {
    setEditing(false)
    card.current?.focus()
  }
  const saved = (id: string) => {
    setEditing(false)
    done(id)
  }
  return (
    <li ref={card} tabIndex={-1} class="sheet address">
      <p>
        {lineOf(address)} {address.is_default && <b class="badge">{texts.isDefault}</b>}
      </p>
      {isEditing ? (
        <AddressForm address={address} done={saved} close={close} />
      ) : (
        <Actions address={address} edit={() => setEditing(true)} done={done} remove={remove} />
      )}
    </li>
  )
}

type ActionsProps = Pick<Props, 'address' | 'done' | 'remove'> & Readonly<{ edit: () => void }>

function Actions({ address, edit, done, remove }: ActionsProps): VNode {
  const { texts: all } = useShop()
  const texts = useAddressTexts()
  const { id } = address
  const makeDefault = () =>
    void attempt(all, async () => {
      await bodyOf(browser().api.PUT('/api/v1/auth/me/addresses/{id}/default', { params: { path: { id } } }))
      say(texts.chosen)
      done(id)
    })
  const actions = [
    ...(address.is_default ? [] : [[texts.makeDefault, makeDefault] as const]),
    [texts.change, edit] as const,
    [texts.delete, remove] as const,
  ]
  return (
    <div class="row-actions">
      {actions.map(([name, run]) => (
        <button key={name} type="button" class="link" aria-label={texts.of(name, lineOf(address))} onClick={run}>
          {name}
        </button>
      ))}
    </div>
  )
}
