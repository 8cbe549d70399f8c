import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { bodyOf } from '../api/client.ts'
import { failureOf } from '../api/failure.ts'
import { reasonOf } from '../api/reason-of.ts'
import { browser } from '../browser.ts'
import { useShop } from '../shop.ts'
import { Field } from './field.tsx'
import { say } from './messages.tsx'

type Typed = Readonly<{ rating: number; text: string; author: string }>
const empty: Typed = { rating: 0, text: '', author: '' }

/** The review of the reader: a new one, or the one that she wrote before. Staff read it before others. */
export function ReviewForm({ productId }: Readonly<{ productId: string }>): VNode {
  const { texts } = useShop()
  const { typed, change, refusal, isSending, open, send } = useReview(productId)
  if (!typed)
    return (
      <button type="button" class="button quiet" onClick={() => void open()}>
        {texts.review.write}
      </button>
    )
  return (
    <form
      class="form review-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void send(typed)
      }}
    >
      <StarChoice value={typed.rating} choose={(rating) => change({ rating })} />
      <Field label={texts.review.text} isOptional>
        {(wiring) => (
          <textarea
            {...wiring}
            name="text"
            maxLength={5000}
            value={typed.text}
            onInput={({ currentTarget }) => change({ text: currentTarget.value })}
          />
        )}
      </Field>
      <Field label={texts.review.author} isOptional>
        {(wiring) => (
          <input
            {...wiring}
            name="author"
            autocomplete="nickname"
            maxLength={60}
            value={typed.author}
            onInput={({ currentTarget }) => change({ author: currentTarget.value })}
          />
        )}
      </Field>
      <div aria-live="assertive">{refusal !== undefined && <p class="alert">{refusal}</p>}</div>
      <button type="submit" class="button" aria-disabled={isSending}>
        {texts.review.send}
      </button>
    </form>
  )
}

/** The fields of the form while it is open, and its actions. */
function useReview(productId: string) {
  const { texts } = useShop()
  const [typed, setTyped] = useState<Typed>()
  const [refusal, setRefusal] = useState<string>()
  const [isSending, setSending] = useState(false)
  const params = { path: { id: productId } }
  const open = async () => {
    const written = await bodyOf(browser().api.GET('/api/v1/catalog/products/{id}/my-review', { params })).catch(
      () => undefined,
    )
    setTyped(written ? { ...written, author: written.author ?? '' } : empty)
  }
  const send = async ({ rating, text, author }: Typed) => {
    if (isSending) return
    if (rating === 0) return setRefusal(texts.review.chooseStars)
    setSending(true)
    setRefusal(undefined)
    const body = { rating, text: text.trim(), author: author.trim() === '' ? null : author.trim() }
    try {
      await bodyOf(browser().api.PUT('/api/v1/catalog/products/{id}/my-review', { params, body }))
      setTyped(undefined)
      say(texts.review.thanks)
    } catch (error) {
      setRefusal(reasonOf(failureOf(error), texts))
    } finally {
      setSending(false)
    }
  }
  const change = (changed: Partial<Typed>) => setTyped({ ...empty, ...typed, ...changed })
  return { typed, change, refusal, isSending, open, send }
}

type ChoiceProps = Readonly<{ value: number; choose: (rating: number) => void }>

function StarChoice({ value, choose }: ChoiceProps): VNode {
  const { texts } = useShop()
  return (
    <fieldset class="star-choice">
      <legend>{texts.review.rating}</legend>
      {[1, 2, 3, 4, 5].map((rating) => (
        <label key={rating} class={rating <= value ? 'star lit' : 'star'}>
          <input
            type="radio"
            name="rating"
            value={rating}
            checked={rating === value}
            aria-label={texts.review.stars(rating)}
            onChange={() => choose(rating)}
          />
          <span aria-hidden="true">★</span>
        </label>
      ))}
    </fieldset>
  )
}
