import type { VNode } from 'preact'
import { bodyOf } from '../../api/client.ts'
import { browser } from '../../browser.ts'
import { useDraft } from '../../parts/draft.ts'
import { Field } from '../../parts/field.tsx'
import { Form, useForm } from '../../parts/form.tsx'
import { say } from '../../parts/messages.tsx'
import { TextField } from '../../parts/text-field.tsx'
import type { Session } from '../../session/session-store.ts'
import { useShop } from '../../shop.ts'
import type { Locale } from '../../text/locale.ts'
import { AccountFrame } from './account-frame.tsx'
import { EmailState } from './email-state.tsx'

export function ProfilePage(): VNode {
  const { texts } = useShop()
  return (
    <AccountFrame path="/account/profile" title={() => texts.account.profile.title}>
      {({ user }) => (
        <>
          <Profile user={user} />
          <EmailState user={user} />
        </>
      )}
    </AccountFrame>
  )
}

const languages: Readonly<Record<Locale, string>> = { ru: 'Русский', en: 'English' }

function Profile({ user }: Readonly<{ user: Session['user'] }>): VNode {
  const { locale, texts } = useShop()
  const { name, profile } = texts.account
  const { fields, change, clear } = useDraft<Record<'name' | 'locale', string>>('profile', { name: user.name, locale })
  const form = useForm({
    send: async () => {
      const language: Locale = fields.locale === 'en' ? 'en' : 'ru'
      const body = { name: fields.name.trim(), locale: language }
      browser().session.changed(await bodyOf(browser().api.PATCH('/api/v1/auth/me', { body })))
      clear()
      // Each language has pages of its own.
      if (language !== locale) location.assign(`/${language}/account/profile`)
      else say(profile.saved)
    },
  })
  return (
    <section class="section sheet" aria-labelledby="profile">
      <h2 id="profile">{profile.title}</h2>
      <Form form={form} label={profile.save}>
        <TextField
          label={name}
          name="name"
          autocomplete="name"
          maxLength={100}
          isOptional
          wrong={form.wrong['name']}
          value={fields.name}
          change={(value) => change({ name: value })}
        />
        <Field label={profile.language} wrong={form.wrong['locale']}>
          {(wiring) => (
            <select
              {...wiring}
              name="locale"
              value={fields.locale}
              onInput={({ currentTarget }) => change({ locale: currentTarget.value })}
            >
              {Object.entries(languages).map(([code, language]) => (
                <option key={code} value={code} lang={code}>
                  {language}
                </option>
              ))}
            </select>
          )}
        </Field>
      </Form>
    </section>
  )
}
