import type { ComponentChildren, VNode } from 'preact'
import { useRef, useState } from 'preact/hooks'
import type { Schemas } from '../../api/client.ts'
import { useArrival } from '../../parts/arrival.ts'
import { say } from '../../parts/messages.tsx'
import { useShop } from '../../shop.ts'
import { LinkEmail } from './link-email.tsx'
import { LinkTelegram } from './link-telegram.tsx'
import { MergeOffer } from './merge-offer.tsx'

type Props = Readonly<{ access: Schemas['Identities']; changed: () => void }>

/** The step of adding a way to sign in that the page shows. */
type Step =
  | Readonly<{ kind: 'list' | 'email' | 'telegram' }>
  | Readonly<{ kind: 'merge'; offer: Schemas['MergeOffer'] }>
const list: Step = { kind: 'list' }

/** The ways to sign in, and the forms that add one. A way of another account leads to the offer to merge. */
export function SignInWays({ access, changed }: Props): VNode {
  const { texts } = useShop()
  const { ways, waysHint, added, addEmail, addTelegram } = texts.account.access
  const heading = useRef<HTMLHeadingElement>(null)
  const [step, setStep] = useState<Step>(list)
  const close = () => {
    setStep(list)
    heading.current?.focus()
  }
  const linked = ({ merge }: Schemas['Link']) => {
    if (merge) return setStep({ kind: 'merge', offer: merge })
    say(added)
    close()
    changed()
  }
  const merged = () => {
    say(texts.account.merge.done)
    close()
    changed()
  }
  const { has_password: hasPassword } = access
  return (
    <section class="section sheet" aria-labelledby="ways">
      <h2 id="ways" ref={heading} tabIndex={-1}>
        {ways}
      </h2>
      <p class="hint">{waysHint}</p>
      <Ways access={access} />
      {step.kind === 'list' && <Additions access={access} open={(kind) => setStep({ kind })} />}
      {step.kind === 'email' && (
        <Adding title={addEmail}>
          <LinkEmail hasPassword={hasPassword} linked={linked} close={close} />
        </Adding>
      )}
      {step.kind === 'telegram' && (
        <Adding title={addTelegram}>
          <LinkTelegram hasPassword={hasPassword} linked={linked} close={close} />
        </Adding>
      )}
      {step.kind === 'merge' && (
        <Adding title={texts.account.merge.title}>
          <MergeOffer offer={step.offer} merged={merged} close={close} />
        </Adding>
      )}
    </section>
  )
}

/** A step under its title, which gets the focus: the button that opened the step is gone. */
function Adding({ title, children }: Readonly<{ title: string; children: ComponentChildren }>): VNode {
  const heading = useArrival<HTMLHeadingElement>()
  return (
    <div class="adding">
      <h3 ref={heading} tabIndex={-1}>
        {title}
      </h3>
      {children}
    </div>
  )
}

function Ways({ access: { identities } }: Pick<Props, 'access'>): VNode {
  const { texts } = useShop()
  const { access, profile } = texts.account
  return (
    <ul class="ways">
      {identities.map(({ provider, subject, verified_at }) => (
        <li key={`${provider} ${subject}`} class="way">
          <p>
            <b>{access.providers[provider]}</b>{' '}
            <span>{provider === 'telegram' ? access.telegramId(subject) : subject}</span>
          </p>
          {provider === 'email' && (
            <span class={verified_at ? 'badge' : 'badge open'}>
              {verified_at ? profile.verified : profile.unverified}
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}

type AdditionProps = Pick<Props, 'access'> & Readonly<{ open: (kind: 'email' | 'telegram') => void }>

function Additions({ access: { identities }, open }: AdditionProps): VNode {
  const { facts, texts } = useShop()
  const { proveFirst, addEmail, addTelegram } = texts.account.access
  // An account whose mailbox was never proven may be the trap of another person: it adds nothing.
  if (identities.every(({ verified_at }) => verified_at === null)) return <p class="hint">{proveFirst}</p>
  const hasTelegram = identities.some(({ provider }) => provider === 'telegram')
  return (
    <div class="row-actions">
      <button type="button" class="button quiet" onClick={() => open('email')}>
        {addEmail}
      </button>
      {facts.hasTelegramSignIn && !hasTelegram && (
        <button type="button" class="button quiet" onClick={() => open('telegram')}>
          {addTelegram}
        </button>
      )}
    </div>
  )
}
